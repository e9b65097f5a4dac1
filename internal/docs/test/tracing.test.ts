import { beforeAll, expect, test } from "vitest";
import { type Programs, programsOf } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

/** Prints the spans and the metadata of events with and without a span, a sampled trace, and an error. */
const program = `
import { trace, TraceFlags } from "@opentelemetry/api";
import { AlwaysOffSampler, InMemorySpanExporter } from "@opentelemetry/sdk-trace-node";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { inTraceOf, traceMetadata } from "./trace-context.mjs";
const exporter = new InMemorySpanExporter();
const sampler = process.argv[2] === "off" ? { sampler: new AlwaysOffSampler() } : {};
const provider = new NodeTracerProvider({ ...sampler, spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
const event = { id: "e", eventType: "OrderPlaced", actorId: "order-1", version: 1, data: {}, timestamp: "" };
const print = (value) => console.log(JSON.stringify(value));
print(traceMetadata());
let saved;
await trace.getTracer("test").startActiveSpan("request", async (span) => { saved = traceMetadata(); span.end(); });
print(Object.keys(saved));
await inTraceOf({ ...event, metadata: saved }, "known", async () => print(traceMetadata().traceId === saved.traceId));
await inTraceOf(event, "new", async () => {});
await inTraceOf(event, "failed", async () => { throw new Error("broken"); }).catch(({ message }) => print(message));
for (const { name, attributes, status, parentSpanContext: parent, events } of exporter.getFinishedSpans())
  print([name, attributes["aether.actor_id"], status, parent?.spanId === saved.spanId, events.length]);
`;

const folder = scratchFolder("tracing");
let page: Programs;
beforeAll(async () => {
  page = await programsOf("docs/tracing.md", folder);
  await page.write("program.ts", program);
});

test("the program prints the spans of one trace, as the page shows", async () => {
  expect(await page.run("traced-shop.ts")).toBe(page.outputOf("traced-shop.ts"));
});

test("a span continues the trace of its event, or begins one, and has the error of its function", async () => {
  const lines = (await page.run("program.ts")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {},
    ["traceId", "spanId"],
    true,
    "broken",
    ["request", null, { code: 0 }, false, 0],
    ["known", "order-1", { code: 0 }, true, 0],
    ["new", "order-1", { code: 0 }, false, 0],
    ["failed", "order-1", { code: 2, message: "Error: broken" }, false, 1],
  ]);
});

test("events of traces that are not recorded have no ids", async () => {
  const [noSpan, notRecorded] = (await page.run("program.ts", {}, "off")).split("\n");
  expect([noSpan, notRecorded]).toEqual(["{}", "[]"]);
});
