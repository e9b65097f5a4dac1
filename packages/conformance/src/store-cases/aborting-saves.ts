import { type BatchEventStore, type CallOptions, type Event, type EventStore, isAetherError } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { ConformanceError } from "../checks/conformance-error.ts";
import { pause } from "../checks/pause.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { type Moment, moments } from "./moments.ts";

/** Time after which a save that was given up would have been written, in milliseconds. */
const LATER_MS = 30;

/** A save whose signal was aborted, and its outcome. */
interface AbortedSave {
  readonly events: readonly Event[];
  readonly given: { readonly saving: readonly number[]; readonly aborted: string };
  readonly reason: unknown;
  readonly outcome: PromiseSettledResult<unknown>;
}

function save(store: EventStore, all: readonly Event[], options?: CallOptions): Promise<unknown> {
  const [first] = all;
  if (first === undefined || all.length > 1) return (store as BatchEventStore).saveEvents(all, options);
  return store.saveEvent(first, options);
}

async function abortedSave(
  store: EventStore,
  all: readonly Event[],
  { when, wait, reason }: Moment,
): Promise<AbortedSave> {
  const controller = new AbortController();
  const settled = outcomeOf(save(store, all, { signal: controller.signal }));
  await wait();
  controller.abort(reason);
  return { events: all, given: { saving: versionsOf(all), aborted: when }, reason, outcome: await settled };
}

/** True if the save rejected with `signal.reason`, so that nothing may be stored. */
function isWithdrawn({ outcome, reason }: AbortedSave): boolean {
  return outcome.status === "rejected" && outcome.reason === reason;
}

/** Reads the ids of the stored events that belong to a save. */
async function storedIds(store: EventStore, { events: saved }: AbortedSave): Promise<readonly string[]> {
  const ids = new Set(saved.map(({ id }) => id));
  return (await store.getEvents(saved[0]?.actorId ?? "")).map(({ id }) => id).filter((id) => ids.has(id));
}

/** Checks that the outcome of an aborted save matches the stored events. */
async function checkOutcome(store: EventStore, aborted: AbortedSave): Promise<void> {
  const { events: saved, given, outcome, reason } = aborted;
  const ids = saved.map(({ id }) => id);
  if (outcome.status === "fulfilled") {
    check("a save that resolves although its signal was aborted has stored its events", {
      given,
      expected: ids,
      actual: await storedIds(store, aborted),
    });
  } else if (isWithdrawn(aborted)) {
    check("a save that rejects with signal.reason has stored nothing", {
      given,
      expected: [],
      actual: await storedIds(store, aborted),
    });
  } else if (isAetherError(outcome.reason, "AETHER_OUTCOME_UNKNOWN")) {
    const { actorId, eventIds, cause } = outcome.reason;
    check("OutcomeUnknownError has the actor id, the ids of the events, and signal.reason as its cause", {
      given,
      expected: { actorId: saved[0]?.actorId, eventIds: ids, causeIsReason: true },
      actual: { actorId, eventIds: [...eventIds], causeIsReason: cause === reason },
    });
  } else {
    throw new ConformanceError({
      guarantee: "a save that is aborted in flight resolves, or rejects with signal.reason or OutcomeUnknownError",
      given,
      expected: "a receipt, signal.reason, or an OutcomeUnknownError",
      actual: outcome.reason,
      cause: outcome.reason,
    });
  }
}

/** Waits, and checks that saves that rejected with `signal.reason` were not written later. */
async function checkNothingLater(store: EventStore, all: readonly AbortedSave[]): Promise<void> {
  const withdrawn = all.filter(isWithdrawn);
  if (withdrawn.length === 0) return;
  await pause(LATER_MS);
  for (const aborted of withdrawn) {
    check("a save that rejects with signal.reason stores nothing later, either", {
      given: { ...aborted.given, read: `${LATER_MS} ms later` },
      expected: [],
      actual: await storedIds(store, aborted),
    });
  }
}

/** Saves the events again and checks that they are then stored exactly once. */
async function checkRepeated(store: EventStore, { events: saved, given }: AbortedSave): Promise<void> {
  const repeated = await outcomeOf(save(store, saved));
  if (repeated.status === "rejected") {
    await checkRejects(
      "saving the same events again resolves, or rejects with sameEvent: true",
      given,
      Promise.reject(repeated.reason),
      { code: "AETHER_VERSION_CONFLICT", sameEvent: true },
    );
  }
  check("after saving them again, the events are stored exactly once", {
    given,
    expected: saved,
    actual: await store.getEvents(saved[0]?.actorId ?? ""),
  });
}

/** Aborts saves of different actors, each at another moment, and checks their outcomes. */
async function checkAborts(store: EventStore, versions: readonly number[]): Promise<void> {
  const savesOf = (prefix: string, some: readonly Moment[]) =>
    some.map((moment, index) => () => abortedSave(store, events(`${prefix} ${index}`, versions), moment));
  const alone: AbortedSave[] = [];
  for (const one of savesOf("alone", moments)) alone.push(await one());
  // Among others, a save may wait for its turn.
  const among = await Promise.all(savesOf("among others", moments.slice(0, 5)).map((one) => one()));
  const all = [...alone, ...among];
  for (const aborted of all) await checkOutcome(store, aborted);
  await checkNothingLater(store, all);
  for (const aborted of all.filter((_, index) => index % 3 === 0)) await checkRepeated(store, aborted);
}

export const abortingSaves: readonly StoreCase[] = storeCaseGroup("aborting", [
  {
    name: "a save that is aborted in flight reports its true outcome, and can be repeated",
    async run(context) {
      await checkAborts(await context.open(), [1]);
    },
  },
  {
    name: "a batch that is aborted in flight reports its true outcome, and can be repeated",
    needs: ["batch"],
    async run(context) {
      await checkAborts(await context.open("batch"), [1, 2]);
    },
  },
  {
    name: "a save that is aborted while it waits for other saves of its actor reports its true outcome",
    async run(context) {
      const store = await context.open();
      const all = await Promise.all(
        range(1, 12).map((version) => {
          const moment = moments[(version * 2) % moments.length] as Moment;
          return abortedSave(store, [event("a", version)], version % 3 === 0 ? neverIn(moment) : moment);
        }),
      );
      const judged = all.filter(({ outcome }) => outcome.status === "fulfilled" || !isConflict(outcome.reason));
      for (const aborted of judged) await checkOutcome(store, aborted);
      await checkNothingLater(store, all);
      const next = event("a", 100);
      await store.saveEvent(next);
      const acknowledged = all.filter(({ outcome }) => outcome.status === "fulfilled");
      const last = (await store.getEvents("a")).at(-1);
      check("after aborted saves, the actor's next event is stored", {
        given: { saved: range(1, 12), acknowledged: acknowledged.length },
        expected: next,
        actual: last,
      });
    },
  },
]);

/** A moment that comes after the save has ended in any store that is not slow. */
function neverIn(moment: Moment): Moment {
  return { ...moment, when: `at the end, after ${moment.when}`, wait: () => pause(4) };
}

function isConflict(error: unknown): boolean {
  return isAetherError(error, "AETHER_VERSION_CONFLICT");
}
