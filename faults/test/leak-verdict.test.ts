import { expect, test } from "vitest";
import type { Holdings, SoakResult } from "../src/leaks/leak-messages.ts";
import { growthOf, judgeSoak } from "../src/leaks/leak-verdict.ts";

const held: Holdings = { memoryMegabytes: 20, handles: 5, consumers: 0, subscriptions: 2 };
const none: Holdings = { ...held, consumers: 0, subscriptions: 0 };
const steady = [20, 21, 19, 23, 20, 20, 22, 19];
const counts = { operations: { saves: 1 }, evictions: 1, reconnects: 1, memoryMegabytes: steady };
const soak: SoakResult = { ...counts, before: held, after: held, closed: none, surprises: [] };

test("what came back to where it was is right", () => {
  expect(judgeSoak("nats", soak)).toEqual([]);
  expect(judgeSoak("nats", { ...soak, after: { ...held, memoryMegabytes: 24, handles: 4 } })).toEqual([]);
});

test.each([
  [{ after: { ...held, memoryMegabytes: 24.1 } }, "nats: the memory grew from 20 to 24.1 MB"],
  [{ memoryMegabytes: [20, 21, 22, 23, 24, 25] }, "nats: the memory grew steadily, by 5.0 MB: 20, 21, 22, 23, 24, 25"],
  [{ after: { ...held, handles: 6 } }, "nats: there were 5 handles, and are 6"],
  [{ after: { ...held, consumers: 1 } }, "nats: there were 0 consumers, and are 1"],
  [{ after: { ...held, subscriptions: 3 } }, "nats: there were 2 subscriptions, and are 3"],
  [{ closed: { ...none, subscriptions: 1 } }, "nats: after closing there are 1 subscriptions"],
  [{ surprises: ["oh"] }, "nats: oh"],
])("%j: %s", (change, violation) => {
  expect(judgeSoak("nats", { ...soak, ...change })).toEqual([violation]);
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
