// Read a document with a running Jujang: node client.mjs article.txt [2026-03-04]. JUJANG_URL, JUJANG_API_KEY where wanted. extract() runs in browsers too.

/** The result of one document, its offsets in UTF-16 units as JavaScript counts; throws where it is refused or failed. */
export async function extract(base, text, { publishedAt = null, key = "" } = {}) {
  const authorization = key ? { Authorization: `Bearer ${key}` } : {};
  const call = async (path, { headers = {}, ...request } = {}) => {
    const answer = await fetch(base + path, { headers: { ...authorization, ...headers }, ...request });
    const body = await answer.json();
    if (!answer.ok) throw new Error([body.detail, ...(body.errors ?? []).map((wrong) => `${wrong.field}: ${wrong.message}`)].join("\n"), { cause: body });
    return body;
  };
  let job = await call("/v1/extractions", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(), Prefer: "wait=30" },
    body: JSON.stringify({ text, document: { published_at: publishedAt }, options: { offset_unit: "utf16" } }),
  });
  while (job.status === "queued" || job.status === "running") job = await call(job.links.self, { headers: { Prefer: "wait=30" } });
  if (job.status !== "succeeded") throw new Error(job.error?.detail ?? job.status, { cause: job.error });
  return call(job.links.result);
}

if (globalThis.process?.argv[1]?.endsWith("client.mjs")) {
  const { readFile } = await import("node:fs/promises");
  const [, , file, publishedAt, ...more] = process.argv;
  const { JUJANG_URL = "http://127.0.0.1:8000", JUJANG_API_KEY = "" } = process.env;
  const end = (message) => (console.error(message), process.exit(1));
  if (!file || more.length) end("usage: node client.mjs FILE [YYYY-MM-DD]");
  const text = await readFile(file, "utf-8").catch((error) => end(error.message));
  const { claims } = await extract(JUJANG_URL, text, { publishedAt, key: JUJANG_API_KEY }).catch((error) =>
    end([error.message, error.cause?.message].filter(Boolean).join(": ")),
  );
  for (const claim of claims.sort((a, b) => b.checkworthy - a.checkworthy))
    console.log(`${claim.checkworthy.toFixed(2)}  ${claim.type.padEnd(10)}  ${claim.text}`);
}
