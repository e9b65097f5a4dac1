import {
  type BatchEventStore,
  type EventStore,
  isVersionConflictError,
  type ReplayReportingEventStore,
} from "@aether/core";
import { activeConnections } from "../checks/active-connections.ts";
import { activeTimers } from "../checks/active-timers.ts";
import { check, outcomeOf } from "../checks/check.ts";
import { microtasks, pause } from "../checks/pause.ts";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";

/** Microtasks within which the results of the calls in flight arrive, once close has resolved. */
const ARRIVAL = 50;

/** Number of stores that are opened and closed to find out whether they leave timers. */
const STORES = 6;
/** Number of stores from which on they do. Timers of other code may begin or end during the measurement. */
const TOO_MANY = 4;
/** Time within which the timers of a closed store must end, in steps of 5 ms. */
const STEPS = 10;

/** Starts calls of every kind. Returns their promises. */
function callsInFlight(store: EventStore): readonly Promise<unknown>[] {
  const saves = range(1, 4).map((writer) => store.saveEvent(event(`actor ${writer}`, 1)));
  const onOneActor = range(2, 4).map((version) => store.saveEvent(event("a", version)));
  const batches = store.supports.batch
    ? range(5, 6).map((writer) => (store as BatchEventStore).saveEvents(events(`actor ${writer}`, [1, 2])))
    : [];
  const withErrors = store.supports.replayErrors ? [(store as ReplayReportingEventStore).getEventsWithErrors("a")] : [];
  return [...saves, ...onOneActor, ...batches, ...withErrors, store.getEvents("a"), store.getLatestVersion("a")];
}

/** Opens, uses and closes stores, one after the other. Resolves to the number of those that have left a timer. */
async function storesWithTimers(open: () => Promise<EventStore>): Promise<number> {
  const connections = activeConnections();
  let count = 0;
  for (let opened = 0; opened < STORES; opened++) {
    const before = activeTimers();
    const store = await open();
    await store.getLatestVersion("a");
    await outcomeOf(store.saveEvent(event("a", 1)));
    await store.close();
    for (let step = 0; step < STEPS && activeTimers() > before; step++) await pause(5);
    if (activeTimers() > before) count++;
    // Connections that the application passes to its stores remain open, with their timers. They are not the store's.
    if (activeConnections() - connections > opened) return 0;
  }
  return count;
}

export const closingInFlight: readonly StoreCase[] = storeCaseGroup("closing", [
  {
    name: "close resolves only after the calls in flight have ended",
    async run(context) {
      const ways = {
        close: (store: EventStore) => store.close(),
        "close, for the second time": (store: EventStore) => {
          void store.close();
          return store.close();
        },
        "asyncDispose, after close": (store: EventStore) => {
          void store.close();
          return store[Symbol.asyncDispose]();
        },
      };
      for (const [way, close] of Object.entries(ways)) {
        const store = await context.open();
        await outcomeOf(store.saveEvent(event("a", 1)));
        let ended = 0;
        const calls = callsInFlight(store).map((call) =>
          outcomeOf(call).finally(() => {
            ended++;
          }),
        );
        await close(store);
        await microtasks(ARRIVAL);
        check("close resolves only after the calls in flight have ended", {
          given: { inFlight: calls.length, way },
          expected: { ended: calls.length },
          actual: { ended },
        });
        for (const outcome of await Promise.all(calls)) {
          if (outcome.status === "rejected" && !isVersionConflictError(outcome.reason)) throw outcome.reason;
        }
      }
    },
  },
  {
    name: "nothing is stored after close has resolved",
    needs: ["durable"],
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      const calls = callsInFlight(store).map(outcomeOf);
      await store.close();
      const again = await context.open();
      const stored = async (): Promise<readonly number[]> =>
        Promise.all(["a", ...range(1, 6).map((writer) => `actor ${writer}`)].map((id) => again.getLatestVersion(id)));
      const atOnce = await stored();
      await Promise.all(calls);
      await pause(10);
      check("nothing is stored after close has resolved", {
        given: "saves in flight, then close(); then another store reads at once, and again 10 ms later",
        expected: atOnce,
        actual: await stored(),
      });
    },
  },
  {
    name: "a closed store leaves no timer that keeps the process running",
    async run(context) {
      // A store that leaves timers leaves them in the second measurement, too.
      const first = await storesWithTimers(() => context.open());
      const left = first < TOO_MANY ? 0 : await storesWithTimers(() => context.open());
      check("a closed store leaves no timer that keeps the process running", {
        given: `${STORES} stores, opened and closed one after the other`,
        expected: { storesThatLeaveTimers: 0 },
        actual: { storesThatLeaveTimers: left < TOO_MANY ? 0 : left },
      });
    },
  },
]);
