import { expect, test } from "vitest";
import { checkSoak, growthOf } from "../src/leaks/check-soak.ts";
import type { Resources, SoakResult } from "../src/leaks/leak-messages.ts";

const used: Resources = { memoryMegabytes: 20, handles: 5, consumers: 0, subscriptions: 2 };
const none: Resources = { ...used, consumers: 0, subscriptions: 0 };
const steady = [20, 21, 19, 23, 20, 20, 22, 19];
const counts = { operations: { saves: 1 }, evictions: 1, reconnects: 1, memoryMegabytes: steady };
const soak: SoakResult = { ...counts, before: used, after: used, closed: none, unexpected: [] };

test("resources that return to their earlier values are no violation", () => {
  expect(checkSoak("nats", soak)).toEqual([]);
  expect(checkSoak("nats", { ...soak, after: { ...used, memoryMegabytes: 24, handles: 4 } })).toEqual([]);
});

test.each([
  [{ after: { ...used, memoryMegabytes: 24.1 } }, "nats: memory grew from 20 to 24.1 MB"],
  [{ memoryMegabytes: [20, 21, 22, 23, 24, 25] }, "nats: memory grew steadily, by 5.0 MB: 20, 21, 22, 23, 24, 25"],
  [{ after: { ...used, handles: 6 } }, "nats: handles grew from 5 to 6"],
  [{ after: { ...used, consumers: 1 } }, "nats: consumers grew from 0 to 1"],
  [{ after: { ...used, subscriptions: 3 } }, "nats: subscriptions grew from 2 to 3"],
  [{ closed: { ...none, subscriptions: 1 } }, "nats: 1 subscriptions are left after closing"],
  [{ unexpected: ["oh"] }, "nats: oh"],
])("%j: %s", (change, violation) => {
  expect(checkSoak("nats", { ...soak, ...change })).toEqual([violation]);
});

test.each([
  { samples: [], growth: 0 },
  { samples: [7], growth: 0 },
  { samples: [7, 9], growth: 2 },
  { samples: [9, 7, 9], growth: 0 },
  { samples: [1, 2, 3, 4], growth: 3 },
])("$samples grow by $growth", ({ samples, growth }) => {
  expect(growthOf(samples)).toBeCloseTo(growth);
});
