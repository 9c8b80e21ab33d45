// The service as this page uses it. Every failure is a Failure that carries the service's problem (RFC 9457).

const KEY = "jujang.key";
const WAIT_S = 10;
const TRIES = 4;

export class Failure extends Error {
  /** `problem` is null where the server was not reached at all. */
  constructor(problem, requestId = "") {
    super(problem?.title ?? "no answer");
    this.problem = problem;
    this.requestId = requestId;
    this.name = problem?.type?.split("/").pop() ?? "no_network";
  }
}

export const key = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (value) => (value ? sessionStorage.setItem(KEY, value) : sessionStorage.removeItem(KEY)),
};

/** The answer to a request; asked again where the service is busy and says when to come again. */
export async function call(path, { headers = {}, ...init } = {}) {
  for (let attempt = 1; ; attempt++) {
    const authorized = key.get() ? { ...headers, Authorization: `Bearer ${key.get()}` } : headers;
    let response;
    try {
      response = await fetch(path, { ...init, headers: authorized, cache: "no-store" });
    } catch (error) {
      throw error.name === "AbortError" ? error : new Failure(null);
    }
    if (response.ok) return response;
    const retryAfterS = Number(response.headers.get("Retry-After"));
    if ([429, 503].includes(response.status) && retryAfterS && attempt < TRIES) {
      await pause(Math.min(retryAfterS, WAIT_S) * 1000, init.signal);
      continue;
    }
    const problem = await response.json().catch(() => ({ title: `HTTP ${response.status}`, status: response.status }));
    throw new Failure(problem, response.headers.get("X-Request-Id") ?? "");
  }
}

/** Send a text; the job. Offsets are asked for in UTF-16 units, in which JavaScript counts. A repeated request makes no second job. */
export async function submit(text, day, signal) {
  const response = await call("/v1/extractions", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": `"${random()}"` },
    body: JSON.stringify({ text, document: { published_at: day || null }, options: { offset_unit: "utf16" } }),
    signal,
  });
  return response.json();
}

/** Follow a job to its end, telling `watch` how it stands each time; the job, succeeded. */
export async function follow(job, watch, signal) {
  while (job.status === "queued" || job.status === "running") {
    watch(job);
    const asked = performance.now();
    job = await (await call(job.links.self, { headers: { Prefer: `wait=${job.status === "queued" ? 2 : WAIT_S}` }, signal })).json();
    if (performance.now() - asked < 250) await pause(500, signal); // no seat to wait in
  }
  if (job.status !== "succeeded") throw new Failure(job.error ?? { title: job.status });
  return job;
}

export const result = async (job, signal) => (await call(job.links.result, { headers: { Accept: "application/json" }, signal })).json();

export const inFormat = async (job, format) => (await call(`${job.links.result}?format=${format}`)).blob();

export const erase = (job) => call(job.links.self, { method: "DELETE" });

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(new DOMException("aborted", "AbortError"))), { once: true });
  });
}

const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
