import type { Event } from "@aether/core";
import type { ReadRange } from "@aether/store-kit";
import type { Actor } from "../actor.ts";
import type { History, HistoryRange } from "./history.ts";

/** How many events a backward read holds at the most. */
const WINDOW_EVENTS = 1_000;
/** How many versions a backward read looks at first. */
const FIRST_WINDOW = 256;

/** Yields an actor's events one by one, in bounded memory. */
export async function* readLazily(
  history: History,
  actor: Actor,
  range: ReadRange,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, void, undefined> {
  const events =
    range.direction === "forward"
      ? readForward(history, actor, range, signal)
      : readBackward(history, actor, range, signal);
  let count = 0;
  if (range.limit === 0) return;
  for await (const event of events) {
    yield event;
    if (++count >= range.limit) return;
    signal?.throwIfAborted();
  }
}

async function* readForward(
  history: History,
  actor: Actor,
  range: ReadRange,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, void, undefined> {
  for await (const { events } of history.read(actor, { ...range, signal })) yield* events;
}

/**
 * A stream is read forward only. So a window of versions is read at a time, from the newest down: wider where versions have
 * gaps, narrower where more events than fit into memory stand in it.
 */
async function* readBackward(
  history: History,
  actor: Actor,
  { fromVersion, toVersion, limit }: ReadRange,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, void, undefined> {
  const lowest = Math.max(1, fromVersion);
  const head = await history.headToRead(actor, signal);
  let highest = Math.min(toVersion, head.version);
  let width = Math.min(limit, FIRST_WINDOW);
  while (highest >= lowest) {
    const from = Math.max(lowest, highest - width + 1);
    const events = await window(history, actor, {
      fromVersion: from,
      toVersion: highest,
      knownSequence: head.sequence,
      signal,
    });
    if (events === undefined) {
      width = Math.max(1, Math.floor(width / 4));
      continue;
    }
    yield* events.reverse();
    highest = from - 1;
    if (events.length < width / 2) width = Math.min(width * 4, Number.MAX_SAFE_INTEGER);
  }
}

type Window = Required<Pick<HistoryRange, "fromVersion" | "toVersion" | "knownSequence" | "signal">>;

/** The events of these versions, ascending; `undefined` if there are too many to hold. */
async function window(history: History, actor: Actor, range: Window): Promise<Event[] | undefined> {
  const { fromVersion, toVersion } = range;
  const found: Event[] = [];
  const limit = Math.min(WINDOW_EVENTS, toVersion - fromVersion + 1);
  for await (const { events } of history.read(actor, { ...range, limit })) {
    found.push(...events);
    if (found.length > WINDOW_EVENTS && fromVersion < toVersion) return undefined;
  }
  return found;
}
