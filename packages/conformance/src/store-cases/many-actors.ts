import type { EventStore } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";

const ACTORS = 90;
/** Number of actors whose calls are in flight at once. */
const AT_ONCE = 30;
/** Share of a case's time limit that one round of calls may take. A slow store gets fewer actors. */
const SHARE = 0.15;

/** Makes a call for each actor, several at once, until the time is over. Resolves to the number of actors. */
async function forActors(
  context: StoreCaseContext,
  count: number,
  call: (actorId: string) => Promise<unknown>,
): Promise<number> {
  const endMs = performance.now() + context.caseTimeoutMs * SHARE;
  for (let first = 1; first <= count; first += AT_ONCE) {
    if (first > 1 && performance.now() > endMs) return first - 1;
    await Promise.all(range(first, Math.min(first + AT_ONCE - 1, count)).map((n) => call(`actor-${n}`)));
  }
  return count;
}

/** Checks that each actor still has its own version, and reads some of the actors. */
async function checkActors(context: StoreCaseContext, store: EventStore, count: number, given: object): Promise<void> {
  let checked = 0;
  await forActors(context, count, async (actorId) => {
    await checkRejects(
      "each of many actors has its own versions",
      { ...given, actorId, attempted: 1 },
      store.saveEvent(event(actorId, 1)),
      { code: "AETHER_VERSION_CONFLICT", currentVersion: 1, sameEvent: true },
    );
    if (++checked % 4 !== 0) return;
    check("getEvents returns the events of each of many actors", {
      given: { ...given, actorId, actors: count },
      expected: events(actorId, [1]),
      actual: await store.getEvents(actorId),
    });
  });
}

export const manyActors: readonly StoreCase[] = storeCaseGroup("saving and reading", [
  {
    name: "many actors are kept apart",
    async run(context) {
      const store = await context.open();
      const count = await forActors(context, ACTORS, (actorId) => store.saveEvent(event(actorId, 1)));
      await checkActors(context, store, count, { reopened: false });
      if (!context.supports.durable) return;
      await store.close();
      await checkActors(context, await context.open(), count >> 1, { reopened: true });
    },
  },
]);
