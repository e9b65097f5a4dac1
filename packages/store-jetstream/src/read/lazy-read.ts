import type { Event } from "@aether/core";
import type { ReadRange } from "@aether/store-kit";
import type { Actor } from "../actor.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import type { Heads } from "./heads.ts";
import type { History, HistoryRange } from "./history.ts";

/** Maximum number of events that a backward read holds, unless a single commit (message) has more. */
const WINDOW_EVENTS = 1_000;
/** Number of versions in the first window of a backward read. */
const FIRST_WINDOW = 256;

/** Yields the events of an actor one by one, and holds only a limited number of them. */
export async function* readLazily(
  heads: Heads,
  history: History,
  actor: Actor,
  range: ReadRange,
  deadline: Deadline,
): AsyncGenerator<Event, void, undefined> {
  if (range.limit === 0) return;
  const events =
    range.direction === "forward"
      ? readForward(history, actor, range, deadline)
      : readBackward(heads, history, actor, range, deadline);
  let count = 0;
  for await (const event of events) {
    yield event;
    if (++count >= range.limit) return;
    deadline.signal?.throwIfAborted();
  }
}

async function* readForward(
  history: History,
  actor: Actor,
  range: ReadRange,
  deadline: Deadline,
): AsyncGenerator<Event, void, undefined> {
  for await (const { events } of history.read(actor, range, deadline)) yield* events;
}

/**
 * Reads backward in windows of versions, from the newest window to the oldest, because a stream can only be read
 * forward. Windows become wider if there are gaps between versions, and narrower if a window has too many events to
 * hold.
 */
async function* readBackward(
  heads: Heads,
  history: History,
  actor: Actor,
  { fromVersion, toVersion, limit }: ReadRange,
  deadline: Deadline,
): AsyncGenerator<Event, void, undefined> {
  const lowest = Math.max(1, fromVersion);
  const { head, last } = await heads.current(actor, deadline);
  let highest = Math.min(toVersion, head.version);
  let width = Math.min(limit, FIRST_WINDOW);
  while (highest >= lowest) {
    const from = Math.max(lowest, highest - width + 1);
    const range = { fromVersion: from, toVersion: highest, last };
    const events = await readWindow(history, actor, range, deadline);
    if (events === undefined) {
      width = Math.max(1, Math.floor(width / 4));
      continue;
    }
    yield* events.reverse();
    deadline.renew();
    highest = from - 1;
    if (events.length < width / 2) width = Math.min(width * 4, Number.MAX_SAFE_INTEGER);
  }
}

type Window = HistoryRange & { readonly toVersion: number };

/** Returns the events of a window in version order, or `undefined` if there are too many to hold. */
async function readWindow(
  history: History,
  actor: Actor,
  window: Window,
  deadline: Deadline,
): Promise<Event[] | undefined> {
  const { fromVersion, toVersion } = window;
  const found: Event[] = [];
  const limit = Math.min(WINDOW_EVENTS, toVersion - fromVersion + 1);
  for await (const { events } of history.read(actor, { ...window, limit }, deadline)) {
    for (const event of events) found.push(event);
    if (found.length > WINDOW_EVENTS && fromVersion < toVersion) return undefined;
  }
  return found;
}
