import type { RecordedOperation } from "@aether/conformance";
import { type PositionParts, parsePosition, partitionOf } from "@aether/store-kit";
import type { StoredCommit } from "../cluster/read-replicas.ts";
import type { DeliveredEvent } from "../workload/feed-log.ts";
import type { FollowedFeed } from "../workload/workers.ts";
import { Acknowledgements } from "./acknowledgements.ts";

export interface FeedsToCheck {
  readonly feeds: readonly FollowedFeed[];
  /** The messages of the stream after the run, in stream order. */
  readonly commits: readonly StoredCommit[];
  readonly operations: readonly RecordedOperation[];
  /** Time for which a page may wrongly say that the read has caught up, in milliseconds. 0 without replicas. */
  readonly maxStalenessMs: number;
}

export interface CheckedFeeds {
  readonly violations: readonly string[];
  /** Number of events in all feeds. */
  readonly delivered: number;
  /** Number of pages that said that the read had caught up, although an acknowledged event was missing. */
  readonly stalePages: number;
}

/** An event of the stream at the place where a feed must deliver it. */
interface ExpectedEvent {
  readonly sequence: number;
  readonly index: number;
  readonly id: string;
  readonly actorId: string;
}

/**
 * Compares the pages of each follower with the stream: each stored event once, in stream order, at the position of its
 * receipt, none missing before the position of a page, and none missing at the end.
 */
export function checkFeeds({ feeds, commits, operations, maxStalenessMs }: FeedsToCheck): CheckedFeeds {
  const acknowledgements = new Acknowledgements(operations);
  const checks = feeds.map((feed) => new FeedCheck(feed, expectedOf(commits, feed.partition), acknowledgements));
  for (const check of checks) check.run(maxStalenessMs);
  return {
    violations: checks.flatMap(({ violations }) => violations),
    delivered: checks.reduce((sum, { delivered }) => sum + delivered, 0),
    stalePages: checks.reduce((sum, { stalePages }) => sum + stalePages, 0),
  };
}

class FeedCheck {
  delivered = 0;
  stalePages = 0;
  readonly #feed: FollowedFeed;
  readonly #expected: readonly ExpectedEvent[];
  readonly #acknowledgements: Acknowledgements;
  /** The first violation of each rule, and the number of all. */
  readonly #found = new Map<string, { readonly first: string; count: number }>();
  /** Number of expected events that were delivered, or are reported as lost. */
  #passed = 0;
  #last: PositionParts | undefined;

  constructor(feed: FollowedFeed, expected: readonly ExpectedEvent[], acknowledgements: Acknowledgements) {
    this.#feed = feed;
    this.#expected = expected;
    this.#acknowledgements = acknowledgements;
  }

  get violations(): readonly string[] {
    return [...this.#found].map(
      ([rule, { first, count }]) => `${rule}, ${this.#feed.name}: ${first}${count > 1 ? ` (${count} times)` : ""}`,
    );
  }

  run(maxStalenessMs: number): void {
    for (const { events, errors, position, isCaughtUp, requestedAt } of this.#feed.pages) {
      for (const event of events) this.#checkEvent(event);
      if (errors > 0) this.#report("feed-malformed-record", `a page reported ${errors} malformed records`);
      if (position === undefined) continue;
      this.#skipTo(parsePosition(position, "page.position"), "feed-early-position");
      if (isCaughtUp) this.#checkCaughtUp(position, requestedAt, maxStalenessMs);
    }
    const [missing] = this.#expected.slice(this.#passed);
    if (missing !== undefined) this.#report("feed-lost-event", `${nameOf(missing)} was not delivered`);
  }

  #checkEvent([position, actorId, , id]: DeliveredEvent): void {
    this.delivered++;
    const at = parsePosition(position, "event.position");
    if (this.#last !== undefined && compare(at, this.#last) <= 0) {
      this.#report("feed-order", `event ${id} of ${actorId} was delivered at ${position}, at or below an earlier one`);
      return;
    }
    this.#last = at;
    this.#skipTo({ ...at, index: at.index - 1 }, "feed-lost-event");
    const expected = this.#expected[this.#passed];
    if (expected?.id !== id || expected.actorId !== actorId || compare(expected, at) !== 0) {
      this.#report(
        "feed-wrong-event",
        `event ${id} of ${actorId} was delivered at ${position}, but is not stored there`,
      );
      return;
    }
    this.#passed++;
    const receipt = this.#acknowledgements.positionOf(id);
    if (receipt !== undefined && receipt !== position) {
      this.#report("feed-position", `event ${id} was delivered at ${position}, but its receipt says ${receipt}`);
    }
  }

  /** Passes the expected events up to a position. They should have been delivered before. */
  #skipTo(position: Pick<PositionParts, "sequence" | "index">, rule: string): void {
    for (; ; this.#passed++) {
      const next = this.#expected[this.#passed];
      if (next === undefined || compare(next, position) > 0) return;
      this.#report(rule, `${nameOf(next)} was skipped`);
    }
  }

  #checkCaughtUp(position: string, requestedAt: number, maxStalenessMs: number): void {
    const missed = this.#acknowledgements.missedBy(position, requestedAt);
    if (missed === undefined) return;
    this.stalePages++;
    const staleForMs = Math.round(requestedAt - missed.endedAt);
    if (staleForMs <= maxStalenessMs) return;
    const reason = `a page up to ${position} has caught up, but ${missed.position} was saved ${staleForMs} ms before`;
    this.#report("feed-stale-end", reason);
  }

  #report(rule: string, reason: string): void {
    const found = this.#found.get(rule);
    if (found === undefined) this.#found.set(rule, { first: reason, count: 1 });
    else found.count++;
  }
}

function expectedOf(commits: readonly StoredCommit[], partition: number | undefined): readonly ExpectedEvent[] {
  return commits.flatMap(({ sequence, actorId, eventIds }) =>
    partition === undefined || partitionOf(actorId) === partition
      ? eventIds.map((id, index) => ({ sequence, index, id, actorId }))
      : [],
  );
}

function compare(
  left: Pick<PositionParts, "sequence" | "index">,
  right: Pick<PositionParts, "sequence" | "index">,
): number {
  return left.sequence - right.sequence || left.index - right.index;
}

function nameOf({ id, actorId, sequence }: ExpectedEvent): string {
  return `event ${id} of ${actorId}, at sequence ${sequence},`;
}
