import {
  type Event,
  type EventStore,
  type ReadOptions,
  type ReplayReportingEventStore,
  type StreamingEventStore,
  supports,
} from "@aether/core";
import { check, checkFrozen } from "../checks/check.ts";
import { collect, versionsOf } from "../samples/events.ts";

const MAX = Number.MAX_SAFE_INTEGER;

/** One way of reading the events of an actor. */
interface Read {
  /** The call, as text. */
  readonly call: string;
  readonly run: (store: EventStore, actorId: string) => Promise<readonly Event[]>;
  /** Selects the events that the call must return. */
  readonly select: (all: readonly Event[]) => readonly Event[];
}

/** Lowest versions to read from: none, the one after an event in the middle, and the last one. */
function startsOf(all: readonly Event[]): readonly (number | undefined)[] {
  const middle = all[all.length >> 1]?.version ?? 0;
  return [undefined, Math.min(middle + 1, MAX), all.at(-1)?.version ?? 1];
}

function from(fromVersion: number | undefined): Read["select"] {
  return (all) => all.filter(({ version }) => version >= (fromVersion ?? 0));
}

function getEvents(fromVersion: number | undefined): Read {
  const suffix = fromVersion === undefined ? "" : `, ${fromVersion}`;
  return {
    call: `getEvents(actorId${suffix})`,
    run: (store, actorId) => store.getEvents(actorId, fromVersion),
    select: from(fromVersion),
  };
}

function getEventsWithErrors(fromVersion: number | undefined): Read {
  const suffix = fromVersion === undefined ? "" : `, ${fromVersion}`;
  return {
    call: `getEventsWithErrors(actorId${suffix})`,
    run: async (store, actorId) => {
      const { events, errors } = await (store as ReplayReportingEventStore).getEventsWithErrors(actorId, fromVersion);
      check("getEventsWithErrors reports no errors for an actor without malformed records", {
        given: { actorId, fromVersion },
        expected: [],
        actual: errors,
      });
      return events;
    },
    select: from(fromVersion),
  };
}

function readEvents(options: ReadOptions): Read {
  const { fromVersion = 0, toVersion = MAX, limit = MAX, direction } = options;
  const shown = Object.entries(options).map(([option, value]) => `${option}: ${value}`);
  return {
    call: `readEvents(actorId, { ${shown.join(", ")} })`,
    run: (store, actorId) => collect((store as StreamingEventStore).readEvents(actorId, { ...options })),
    select: (all) => {
      const wanted = all.filter(({ version }) => version >= fromVersion && version <= toVersion);
      return (direction === "backward" ? wanted.toReversed() : wanted).slice(0, limit);
    },
  };
}

/** Returns the ways in which a store can read these events of an actor. */
function readsOf(store: EventStore, all: readonly Event[]): readonly Read[] {
  const starts = startsOf(all);
  const [low, high] = [all[all.length >> 2]?.version ?? 1, all[(all.length * 3) >> 2]?.version ?? 1];
  const options: readonly ReadOptions[] = [
    {},
    { direction: "backward" },
    { fromVersion: low, toVersion: high },
    { fromVersion: low, toVersion: high, limit: Math.max(2, all.length >> 2), direction: "backward" },
  ];
  return [
    ...starts.map(getEvents),
    ...(supports(store, "replayErrors") ? starts.slice(0, 2).map(getEventsWithErrors) : []),
    ...(supports(store, "streaming") ? options.map(readEvents) : []),
  ];
}

/** Deeply frozen events that are known to equal an expected event. They cannot change, so they are compared once. */
const verified = new WeakMap<object, Event>();

/**
 * Reads an actor in every way that the store has. Checks that each read returns exactly these events, unchanged and
 * deeply frozen, and that `getLatestVersion` returns the version of the last one.
 *
 * @param given - how the events were saved
 */
export async function checkEveryRead(
  store: EventStore,
  given: unknown,
  expected: readonly Event[],
  actorId: string = expected[0]?.actorId ?? "a",
): Promise<void> {
  check("getLatestVersion returns the version of the last event", {
    given,
    expected: expected.at(-1)?.version ?? 0,
    actual: await store.getLatestVersion(actorId),
  });
  for (const { call, run, select } of readsOf(store, expected)) {
    const found = await run(store, actorId);
    const wanted = select(expected);
    const input = { actorId, call, saved: given };
    check("every read returns exactly the events of its range, in its order", {
      given: input,
      expected: versionsOf(wanted),
      actual: versionsOf(found),
    });
    const unverified = (_: Event, index: number): boolean => verified.get(found[index] ?? store) !== wanted[index];
    check("every read returns every field of every event unchanged", {
      given: input,
      expected: wanted.filter(unverified),
      actual: found.filter(unverified),
    });
    for (const [index, each] of found.entries()) {
      checkFrozen("events that are read are deeply frozen", input, each);
      verified.set(each, wanted[index] ?? each);
    }
  }
}
