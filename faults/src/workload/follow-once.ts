import type { FeedEventStore } from "@aether/core";
import { parsePosition } from "@aether/store-kit";
import { sharedNow } from "./clock.ts";
import type { FeedLog } from "./feed-log.ts";
import type { Tally } from "./plan.ts";

/** The order to stop. A follower stops once it has caught up, and has reached the sequence. */
export interface FollowEnd {
  lastSequence: number | undefined;
}

const STOPPED = new Error("the follower was stopped");

/** Reads the feed after the last position of a log. Logs every page, until it may stop. Rejects if the feed ends. */
export async function followOnce(
  store: Pick<FeedEventStore, "readFeed">,
  partition: number | undefined,
  tally: Tally,
  log: FeedLog,
  end: FollowEnd,
): Promise<void> {
  const after = log.position;
  const stop = new AbortController();
  let [reached, isCaughtUp, requestedAt] = [0, false, sharedNow()];
  // An idle feed yields no pages, so the order is checked by a timer.
  const timer = setInterval(() => {
    if (isCaughtUp && reached >= (end.lastSequence ?? Number.POSITIVE_INFINITY)) stop.abort(STOPPED);
  }, 20);
  try {
    for await (const page of store.readFeed({ after, follow: true, partition, signal: stop.signal })) {
      log.append(page, requestedAt, sharedNow());
      tally.delivered += page.events.length;
      reached = page.position === undefined ? 0 : parsePosition(page.position, "page.position").sequence;
      isCaughtUp = page.isCaughtUp;
      requestedAt = sharedNow();
    }
    throw new Error("the feed ended, although nothing had stopped it");
  } catch (error) {
    if (error !== STOPPED) throw error;
  } finally {
    clearInterval(timer);
  }
}
