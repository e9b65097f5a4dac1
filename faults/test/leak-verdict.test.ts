import { expect, test } from "vitest";
import { type Holdings, judgeSoak, type SoakResult } from "../src/leaks/leak-messages.ts";

const held: Holdings = { heapMegabytes: 20, handles: 5, consumers: 0, subscriptions: 2 };
const none: Holdings = { ...held, consumers: 0, subscriptions: 0 };
const counts = { operations: 1, evictions: 1, subscriptionsOpened: 1, readsAborted: 1, reconnects: 1 };
const soak: SoakResult = { ...counts, before: held, after: held, closed: none, surprises: [] };

test("what came back to where it was is right", () => {
  expect(judgeSoak("nats", soak)).toEqual([]);
  expect(judgeSoak("nats", { ...soak, after: { ...held, heapMegabytes: 30, handles: 4 } })).toEqual([]);
});

test.each([
  [{ after: { ...held, heapMegabytes: 50 } }, "nats: the heap grew from 20 to 50 MB"],
  [{ after: { ...held, handles: 6 } }, "nats: there were 5 handles, and are 6"],
  [{ after: { ...held, consumers: 1 } }, "nats: there were 0 consumers, and are 1"],
  [{ after: { ...held, subscriptions: 3 } }, "nats: there were 2 subscriptions, and are 3"],
  [{ closed: { ...none, subscriptions: 1 } }, "nats: after closing there are 1 subscriptions"],
  [{ surprises: ["oh"] }, "nats: oh"],
])("%j: %s", (change, violation) => {
  expect(judgeSoak("nats", { ...soak, ...change })).toEqual([violation]);
});
