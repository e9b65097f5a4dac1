import type { Event } from "@aether/core";
import type { Actor } from "../actor.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import { headerPredecessor, headerSpan } from "../protocol/commit.ts";
import { EXPECTATION_HEADER } from "../protocol/headers.ts";
import type { MessageHead, StoredMessage } from "../protocol/stored-message.ts";
import type { History } from "./history.ts";

/** A range of stream sequences. */
export interface SequenceWindow {
  readonly start: number;
  readonly end: number;
  /** Sequence of a message of the actor that exists, at or after the end. */
  readonly goal: number;
  /** Expected number of the actor's messages in the window. */
  readonly count: number;
}

/** A message, and the events in it. */
export interface WindowCommit {
  readonly message: StoredMessage;
  readonly events: readonly Event[];
}

/** The newest commits of a window, oldest first. */
export interface WindowContents {
  readonly commits: readonly WindowCommit[];
  readonly bytes: number;
  readonly eventCount: number;
  /** True if the actor has no older events. */
  readonly isComplete: boolean;
  /** True if the window contains only messages without headers. They must be compared with older messages. */
  readonly isUntrusted: boolean;
}

/** Maximum number of commits (messages) that a window holds, and of their bytes, unless a single commit has more. */
const MAX_COMMITS = 1_000;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads the actor's messages in a window, and holds the newest of them. A window that begins with the stream is checked
 * for expired events. In other windows, messages before the first one with headers are ignored: another program may
 * have written them, with versions that are already taken.
 *
 * @param lowest - the lowest version to read
 * @param highest - the highest version to read
 * @throws ApiError, NoReplyError, `AETHER_HISTORY_TRUNCATED`, `AETHER_STREAM_RESET`, `signal.reason`
 */
export async function readWindow(
  history: History,
  actor: Actor,
  { start, end, goal, count }: SequenceWindow,
  { lowest, highest, last }: { readonly lowest: number; readonly highest: number; readonly last: MessageHead },
  deadline: Deadline,
): Promise<WindowContents> {
  const isWhole = start <= 1;
  // A second chunk would mostly contain messages after the window.
  const chunkSize = count + Math.floor(count / 8);
  const parts = isWhole
    ? history.readFrom(
        actor,
        { sequence: 1, afterVersion: 0, last },
        { fromVersion: lowest, toVersion: highest, limit: chunkSize },
        deadline,
      )
    : history.readMessages(actor, { startSequence: start, endSequence: goal, chunkSize }, deadline);
  let commits: WindowCommit[] = [];
  let bytes = 0;
  let isCut = false;
  let isUntrusted = false;
  let isTrusted = isWhole;
  for await (const { messages, events, ends } of parts) {
    for (let index = 0; index < messages.length; index++) {
      const message = messages[index] as StoredMessage;
      if (message.sequence > end) break;
      isTrusted ||= headerSpan(message) !== undefined;
      isUntrusted = !isTrusted;
      if (!isTrusted) continue;
      commits.push({ message, events: events.slice(ends[index - 1] ?? 0, ends[index]) });
      bytes += message.data.length;
    }
    let dropped = 0;
    while (commits.length - dropped > 1 && (commits.length - dropped > MAX_COMMITS || bytes > MAX_BYTES))
      bytes -= commits[dropped++]?.message.data.length ?? 0;
    if (dropped > 0) commits = commits.slice(dropped);
    isCut ||= dropped > 0;
    if ((events.at(-1)?.version ?? 0) >= highest) break;
  }
  const eventCount = commits.reduce((total, { events }) => total + events.length, 0);
  return { commits, bytes, eventCount, isComplete: isWhole && !isCut, isUntrusted };
}

/**
 * Returns the sequence of the actor's message before a commit, according to the commit's headers. Returns 0 if the
 * commit is the actor's first, and `undefined` if that is unknown.
 */
export function sequenceBefore(message: StoredMessage): number | undefined {
  if (headerSpan(message) === undefined) return undefined;
  const sequence = Number(message.header(EXPECTATION_HEADER));
  if (sequence > 0) return sequence < message.sequence ? sequence : undefined;
  return (headerPredecessor(message)?.version ?? 0) > 0 ? undefined : 0;
}
