import type { Event } from "@aether/core";
import type { ReadRange } from "@aether/store-kit";
import type { Actor } from "../actor.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import type { Heads } from "./heads.ts";
import type { History } from "./history.ts";
import { readWindow, type SequenceWindow, sequenceBefore, type WindowContents } from "./sequence-window.ts";

/** Maximum number of versions in the first window. */
const FIRST_WINDOW = 256;
/** Planned number of commits (messages) in a window, and of their bytes. Estimates are inexact. */
const WINDOW_COMMITS = 800;
const WINDOW_BYTES = 2 * 1024 * 1024;
/** Maximum growth of a window, compared with the one before it. */
const GROWTH = 4;
/** Factor by which a window without messages is widened. */
const WIDENING = 8;

/**
 * Yields the events of an actor in descending order of their versions. A stream can only be read forward, so messages
 * are read in windows of stream sequences, from the newest window to the oldest. Each commit contains the sequence of
 * the commit before it, where the next window ends. The start of the next window is estimated from the distances
 * between the commits. So neither gaps between versions nor the size of commits matter.
 */
export async function* readBackward(
  heads: Heads,
  history: History,
  actor: Actor,
  range: ReadRange,
  deadline: Deadline,
): AsyncGenerator<Event, void, undefined> {
  const lowest = Math.max(1, range.fromVersion);
  const { head, last } = await heads.current(actor, deadline);
  let highest = Math.min(range.toVersion, head.version);
  if (highest < lowest) return;
  if (last === undefined) {
    // All events have expired. A forward read finds none, and reports this.
    for await (const _ of history.read(actor, { fromVersion: lowest }, deadline));
    return;
  }
  const width = Math.min(range.limit, FIRST_WINDOW);
  const start = await history.seek(actor, Math.max(lowest, highest - width + 1), last, deadline);
  let window: SequenceWindow | undefined = { start, end: last.sequence, goal: last.sequence, count: width };
  let left = range.limit;
  while (window !== undefined && highest >= lowest) {
    const contents: WindowContents = await readWindow(history, actor, window, { lowest, highest, last }, deadline);
    for (const { events } of contents.commits.toReversed()) {
      for (const event of events.toReversed()) {
        if (event.version > highest) continue;
        highest = event.version - 1;
        if (event.version < lowest) return;
        yield event;
        left--;
      }
    }
    deadline.renew();
    window = contents.isComplete ? undefined : nextWindow(window, contents, left);
  }
}

/** Returns the window before a window, or `undefined` if the actor has no older messages. */
function nextWindow(window: SequenceWindow, contents: WindowContents, left: number): SequenceWindow | undefined {
  const { commits, bytes, eventCount, isUntrusted } = contents;
  const [oldest] = commits;
  const newest = commits.at(-1);
  if (oldest === undefined || newest === undefined) {
    const width = (window.end - window.start + 1) * WIDENING;
    return { ...window, start: isUntrusted ? 1 : window.end - width };
  }
  const before = sequenceBefore(oldest.message);
  if (before === 0) return undefined;
  const end = before ?? oldest.message.sequence - 1;
  const distance = (newest.message.sequence - end) / commits.length;
  const count = Math.min(
    WINDOW_COMMITS,
    commits.length * GROWTH,
    Math.floor((WINDOW_BYTES * commits.length) / bytes),
    Math.ceil((left * commits.length) / Math.max(1, eventCount)),
  );
  const width = Math.ceil(distance * (Math.max(1, count) - 1));
  return { start: end - width, end, goal: before ?? oldest.message.sequence, count: Math.max(1, count) };
}
