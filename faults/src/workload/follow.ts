import { setTimeout as delay } from "node:timers/promises";
import { broken } from "../broken/broken-store.ts";
import { connectAs } from "./connect.ts";
import type { FeedLog } from "./feed-log.ts";
import { type FollowEnd, followOnce } from "./follow-once.ts";
import { openStore } from "./open-store.ts";
import type { Tally, WorkerPlan } from "./plan.ts";
import { describeError, type WorkListener } from "./work.ts";

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
      await followOnce(feed, plan.partition, tally, log, end);
      break;
    } catch (error) {
      listener.failed(describeError(error));
      await delay(100);
    }
  }
  await store.close();
  await connection.close();
}
