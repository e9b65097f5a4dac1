import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Event } from "@aether/core";
import { MemoryEventBus } from "@aether/eventbus-memory";
import { EventProcessor, type ProcessorStatus } from "@aether/processor";
import type { CacheStats } from "@aether/store-jetstream";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { transformWithOxc } from "vite";
import { expect, test, vi } from "vitest";
import { pages, snippetsOf } from "./support/documents.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const page = pages().find(({ path }) => path === join("docs", "operations", "metrics.md"));
if (page === undefined) throw new Error("docs/operations/metrics.md is missing");
const [prometheus = "", openTelemetry = "", openTelemetryOfProcessors = ""] = snippetsOf(page).flatMap(
  ({ language, code }) => (language === "ts" ? [code] : []),
);

const folder = scratchFolder("metrics");

/** Writes a snippet of the page as a JavaScript module and returns its path. */
async function moduleOf(name: string, snippet: string): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, (await transformWithOxc(snippet, `${name}.ts`)).code);
  return file;
}

const event: Event = {
  id: "1",
  eventType: "Tested",
  actorId: "a",
  version: 1,
  data: {},
  timestamp: "2026-11-24T12:00:00Z",
};
const oddPattern = 'a\\b"c{d}.*';

/** Creates a bus that has published two events. It has a full buffer of one event and a handler that throws. */
async function busyBus(): Promise<MemoryEventBus> {
  const bus = new MemoryEventBus({ onStatus: () => {} });
  bus.subscribe(oddPattern);
  bus.subscribe("a", { bufferSize: 1 });
  bus.subscribe("a", () => {
    throw new Error("mine");
  });
  for (const _ of [1, 2]) await bus.publish("a", event);
  return bus;
}

/** Returns the status of a processor that has handled one event, parked an actor, and waits for a third event. */
async function busyStatus(): Promise<ProcessorStatus> {
  await using store = new MemoryEventStore();
  for (const actorId of ["good", "bad", "slow"])
    await store.saveEvent({ actorId, version: 1, eventType: "Tested", data: {} });
  await using processor = new EventProcessor(store, {
    name: 'm"ails',
    documents: new MemoryDocumentStore(),
    onFailure: "park",
    retry: { onFailure: () => ({ giveUp: true }) },
    stopTimeoutMs: 0,
    handle: async ({ actorId }, { signal }) => {
      if (actorId === "bad") throw new Error("mine");
      if (actorId === "slow") await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });
  await processor.start();
  await vi.waitFor(() =>
    expect(processor.status).toMatchObject({ handledEvents: 1, parkedActors: 1, handlersInFlight: 1 }),
  );
  return { ...processor.status, problem: "the connection is lost" };
}

const cacheStats: CacheStats = { entries: 3, hits: 10, misses: 2, evictions: 1, stale: 0 };

/** Matches a line of the Prometheus text format: the type of a metric family, or a value with its labels. */
const lineFormat =
  /^# TYPE (?<family>[a-z_]+) (?<type>counter|gauge)$|^(?<series>[a-z_]+\{\w+="(?:[^"\\]|\\["\\])*"(?:,\w+="(?:[^"\\]|\\["\\])*")*\}) (?<value>\d+(?:\.\d+)?)$/;

test("the Prometheus example prints each metric family once, with its type and with escaped labels", async () => {
  const file = await moduleOf("prometheus", prometheus);
  const { prometheusText } = (await import(/* @vite-ignore */ file)) as {
    readonly prometheusText: (buses: object, stores: object, processors: readonly object[]) => string;
  };
  const held = { metrics: { ...new MemoryEventBus().metrics, missed: 4, held: 5 } };
  const text = prometheusText({ orders: await busyBus(), 'o"ther': held }, { main: { cacheStats } }, [
    { status: { ...(await busyStatus()), eventsPerSecond: 7, lagMs: 9 } },
  ]);
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  const values: Record<string, number> = {};
  const families: string[] = [];
  for (const line of lines) {
    const { family, type, series, value } = lineFormat.exec(line)?.groups ?? {};
    if (family !== undefined) {
      expect(type).toBe(family.endsWith("_total") ? "counter" : "gauge");
      families.push(family);
    } else {
      expect(series, line).toMatch(new RegExp(`^${families.at(-1)}\\{`));
      values[series ?? ""] = Number(value);
    }
  }
  expect(new Set(families).size).toBe(families.length);
  expect(values).toMatchObject({
    'aether_bus_published_total{name="orders"}': 2,
    'aether_bus_delivered_total{name="orders"}': 2,
    'aether_bus_dropped_total{name="orders"}': 1,
    'aether_bus_failed_total{name="orders"}': 2,
    'aether_bus_waiting{name="orders"}': 1,
    'aether_bus_subscribers{name="orders",pattern="a"}': 2,
    'aether_bus_subscribers{name="orders",pattern="a\\\\b\\"c{d}.*"}': 1,
    'aether_bus_missed_total{name="o\\"ther"}': 4,
    'aether_bus_held{name="o\\"ther"}': 5,
    'aether_version_cache_entries{name="main"}': 3,
    'aether_version_cache_hits_total{name="main"}': 10,
    'aether_processor_handled_events_total{name="m\\"ails"}': 1,
    'aether_processor_failed_attempts_total{name="m\\"ails"}': 1,
    'aether_processor_takeovers_total{name="m\\"ails"}': 0,
    'aether_processor_partitions{name="m\\"ails"}': 1,
    'aether_processor_parked_actors{name="m\\"ails"}': 1,
    'aether_processor_oldest_in_flight_ms{name="m\\"ails"}': expect.any(Number),
    'aether_processor_lag_events{name="m\\"ails"}': 1,
    'aether_processor_lag_ms{name="m\\"ails"}': 9,
    'aether_processor_problems{name="m\\"ails"}': 1,
  });
});

test("the OpenTelemetry example reports the values of several buses, a store and a processor", async () => {
  const snippet = await moduleOf("open-telemetry", openTelemetry);
  const script = fileURLToPath(new URL("processes/collect.mjs", import.meta.url));
  const [orders, quiet] = [await busyBus(), new MemoryEventBus()];
  const sources = {
    buses: { orders: { metrics: orders.metrics }, quiet: { metrics: quiet.metrics } },
    stores: { main: { cacheStats } },
    processors: [{ status: await busyStatus() }],
  };
  const ofProcessors = await moduleOf("open-telemetry-of-processors", openTelemetryOfProcessors);
  const args = [script, snippet, ofProcessors, JSON.stringify(sources)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual(
    expect.arrayContaining([
      ["aether.bus.published", "SUM", { name: "orders" }, 2],
      ["aether.bus.published", "SUM", { name: "quiet" }, 0],
      ["aether.bus.dropped", "SUM", { name: "orders" }, 1],
      ["aether.bus.waiting", "GAUGE", { name: "orders" }, 1],
      ["aether.bus.subscribers", "GAUGE", { name: "orders", pattern: oddPattern }, 1],
      ["aether.version_cache.entries", "GAUGE", { name: "main" }, 3],
      ["aether.version_cache.misses", "SUM", { name: "main" }, 2],
      ["aether.processor.handled_events", "SUM", { name: 'm"ails' }, 1],
      ["aether.processor.failed_attempts", "SUM", { name: 'm"ails' }, 1],
      ["aether.processor.lost_leases", "SUM", { name: 'm"ails' }, 0],
      ["aether.processor.partitions", "GAUGE", { name: 'm"ails' }, 1],
      ["aether.processor.parked_actors", "GAUGE", { name: 'm"ails' }, 1],
      ["aether.processor.oldest_in_flight_ms", "GAUGE", { name: 'm"ails' }, expect.any(Number)],
      ["aether.processor.lag_events", "GAUGE", { name: 'm"ails' }, 1],
      ["aether.processor.lag_ms", "GAUGE", { name: 'm"ails' }, expect.any(Number)],
      ["aether.processor.problems", "GAUGE", { name: 'm"ails' }, 1],
    ]),
  );
});
