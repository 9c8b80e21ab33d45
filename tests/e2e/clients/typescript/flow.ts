// The whole flow with the types that openapi-typescript makes: what does not fit the specification does not compile.

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const baseUrl = process.argv[2]!;
const client = createClient<paths>({ baseUrl });
const text = "👍 한빛시는 지난해 12월 예산 312억원을 편성했다고 밝혔다.";

function must<T>(answer: { data?: T; error?: components["schemas"]["Problem"] | undefined }): T {
  if (answer.data === undefined) throw new Error(answer.error?.detail ?? "no answer");
  return answer.data;
}

let job = must(
  await client.POST("/v1/extractions", {
    body: { text, document: { id: "ts-1", published_at: "2026-03-04" }, options: { offset_unit: "utf16" } },
  }),
);
while (job.status === "queued" || job.status === "running")
  job = must(await client.GET("/v1/extractions/{extraction_id}", { params: { path: { extraction_id: job.id }, header: { Prefer: "wait=10" } } }));
if (job.status !== "succeeded") throw new Error(job.error?.detail ?? job.status);

const path = { extraction_id: job.id };
const result = must(await client.GET("/v1/extractions/{extraction_id}/result", { params: { path } })) as components["schemas"]["Result"];
for (const { start, end, text: cut } of result.numbers ?? []) if (text.slice(start, end) !== cut) throw new Error(`${start}-${end}`);
console.log(result.numbers?.map(({ value, unit }) => `${value} ${unit}`).join(", "));
console.log(result.claims?.[0]?.attribution?.source?.text);

const csv = await client.GET("/v1/extractions/{extraction_id}/result", { params: { path, query: { format: "csv" } }, parseAs: "text" });
console.log(String(csv.data).includes("312억원"));

const erased = await client.DELETE("/v1/extractions/{extraction_id}", { params: { path } });
console.log(erased.response.status);
const gone = await client.GET("/v1/extractions/{extraction_id}/result", { params: { path } });
console.log(gone.error?.type);

const refused = await client.POST("/v1/extractions", { body: { text: " " } });
console.log(refused.error?.errors?.map(({ field, code }) => `${field} ${code}`).join());

let batch = must(await client.POST("/v1/batches", { body: [{ text }, { text: "" }] }));
while (!batch.finished_at)
  batch = must(await client.GET("/v1/batches/{batch_id}", { params: { path: { batch_id: batch.id }, header: { Prefer: "wait=10" } } }));
console.log(batch.counts.succeeded, batch.counts.refused);
