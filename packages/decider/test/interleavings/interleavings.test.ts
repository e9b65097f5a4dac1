import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as decider from "../../src/index.ts";
import { storePlaces } from "../support/places.ts";
import { memoryPlace } from "./memory-place.ts";
import type { PaymentEvent } from "./payments.ts";
import { problemsOf } from "./schedule.ts";

test("any interleaving has an outcome that a single handler without a cache could have", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      expect(await problemsOf(seed, memoryPlace(seed), decider)).toEqual([]);
    }),
    { numRuns: 700 },
  );
}, 60_000);

describe.each(storePlaces())("on $name", ({ open }) => {
  test("so has an interleaving of handlers with stores of their own", async () => {
    const stores = await open<PaymentEvent>(3);
    let schedules = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const actorId = `account-${++schedules}`;
        const latestVersion = async () => (await stores[0]?.getLatestVersion(actorId)) ?? 0;
        expect(await problemsOf(seed, { actorId, stores, latestVersion }, decider)).toEqual([]);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  }, 60_000);
});
