import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { MemoryEventBus, type SubscriptionStatus } from "../src/index.ts";
import { eventOf } from "./support/events.ts";

const EVENTS = 1_000_000;

/** Returns the bytes in use after a garbage collection. */
function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

test("a million events for a stuck loop and a stuck handler need little memory, and reach other handlers", async () => {
  const statuses: SubscriptionStatus[] = [];
  const bus = new MemoryEventBus({ drainTimeoutMs: 0, onStatus: (status) => statuses.push(status) });
  const loop = bus.subscribe("a", { bufferSize: 100 });
  const handler = bus.subscribe("a", () => new Promise<void>(() => {}), { bufferSize: 100, overflow: "drop-newest" });
  let handled = 0;
  bus.subscribe("a", () => void handled++);
  const before = heapInUse();
  for (let version = 1; version <= EVENTS; version++) void bus.publish("a", eventOf(version));
  const grownBytes = heapInUse() - before;
  expect(handled).toBe(EVENTS);
  expect([loop.dropped, handler.dropped]).toEqual([EVENTS - 100, EVENTS - 101]);
  expect(statuses.map(({ type }) => type)).toEqual(["overflow", "overflow"]);
  // A million events would need hundreds of megabytes.
  expect(grownBytes).toBeLessThan(20_000_000);
  await bus.close();
}, 120_000);
