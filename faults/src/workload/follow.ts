import { setTimeout as delay } from "node:timers/promises";
import type { JetStreamEventStore } from "@aether/store-jetstream";
import { parsePosition } from "@aether/store-kit";
import { broken } from "../broken/broken-store.ts";
import { sharedNow } from "./clock.ts";
import { connectAs } from "./connect.ts";
import type { FeedLog } from "./feed-log.ts";
import { openStore } from "./open-store.ts";
import type { Tally, WorkerPlan } from "./plan.ts";
import { describeError, type WorkListener } from "./work.ts";

/** The order to stop. A follower stops once it has caught up, and has reached the sequence. */
export interface FollowEnd {
  lastSequence: number | undefined;
}

/**
 * Runs one follower: reads the feed after the last position of its log, and logs every page, until it may stop. A feed
 * must survive every fault, so each error is reported. Then the follower continues after its last page.
 */
export async function follow(
  plan: WorkerPlan,
  tally: Tally,
  log: FeedLog,
  listener: WorkListener,
  end: FollowEnd,
): Promise<void> {
  const connection = await connectAs(plan.client, plan.urls);
  const store = await openStore(connection, plan);
  const feed = broken(store, plan.breakage);
  listener.opened();
  for (;;) {
    try {
      await followOnce(feed, plan, tally, log, end);
      break;
    } catch (error) {
      listener.failed(describeError(error));
      await delay(100);
    }
  }
  await store.close();
  await connection.close();
}

async function followOnce(
  store: JetStreamEventStore,
  { partition }: WorkerPlan,
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

const STOPPED = new Error("the follower was stopped");
