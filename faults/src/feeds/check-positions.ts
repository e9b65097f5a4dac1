import { type FeedEventStore, isAetherError, type Position } from "@aether/core";
import { formatPosition, parsePosition } from "@aether/store-kit";
import type { StoredCommit } from "../cluster/read-replicas.ts";
import type { Random } from "../random.ts";
import type { FollowedFeed } from "../workload/workers.ts";

/** Number of positions from which the feed is read again. */
const POSITIONS = 50;

export interface CheckedPositions {
  readonly violations: readonly string[];
  readonly checked: number;
}

/**
 * Reads the feed again from positions that followers stored during the run, before and after restarts of the servers.
 * Each read must continue with the next stored event. A position of another event must be rejected.
 */
export async function checkPositions(
  store: FeedEventStore,
  feeds: readonly FollowedFeed[],
  commits: readonly StoredCommit[],
  random: Random,
): Promise<CheckedPositions> {
  const stored = feeds.flatMap(({ pages }) => pages.flatMap(({ position }) => position ?? []));
  const sample = random.shuffle([...new Set(stored)]).slice(0, POSITIONS);
  const violations: string[] = [];
  for (const position of sample) {
    const next = await nextAfter(store, position);
    const expected = expectedAfter(commits, position);
    if (next !== expected) violations.push(`feed-resume: after ${position} comes ${next}, but ${expected} is stored`);
    const forged = await nextAfter(store, otherStamp(position));
    if (forged !== "AETHER_STREAM_RESET") violations.push(`feed-resume: another record at ${position} gives ${forged}`);
  }
  const latest = await store.getLatestPosition();
  const [sequence, last] = [commits.at(-1)?.sequence, latest && parsePosition(latest, "latest").sequence];
  if (sequence !== last) violations.push(`feed-resume: the latest position is ${latest}, but ${sequence} is stored`);
  return { violations, checked: sample.length };
}

/** Returns the id of the first event after a position, the code of the error, or `undefined` at the end. */
async function nextAfter(store: FeedEventStore, after: Position): Promise<string | undefined> {
  try {
    for await (const { events } of store.readFeed({ after })) {
      const [first] = events;
      if (first !== undefined) return first.event.id;
    }
    return undefined;
  } catch (error) {
    if (!isAetherError(error)) throw error;
    return error.code;
  }
}

function expectedAfter(commits: readonly StoredCommit[], position: Position): string | undefined {
  const { sequence, index } = parsePosition(position, "position");
  const at = commits.findIndex((commit) => commit.sequence >= sequence);
  const commit = commits[at];
  if (commit === undefined) return undefined;
  return commit.sequence === sequence
    ? (commit.eventIds[index + 1] ?? commits[at + 1]?.eventIds[0])
    : commit.eventIds[0];
}

function otherStamp(position: Position): Position {
  const parts = parsePosition(position, "position");
  return formatPosition({ ...parts, stamp: parts.stamp === "1" ? "2" : "1" });
}
