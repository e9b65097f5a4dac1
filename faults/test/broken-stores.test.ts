import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordedOperation } from "@aether/conformance";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Admin } from "../src/cluster/admin.ts";
import { checkRun } from "../src/cluster/check-run.ts";
import { Random } from "../src/random.ts";
import { sharedNow } from "../src/workload/clock.ts";
import { FeedLog, readPages } from "../src/workload/feed-log.ts";
import { follow } from "../src/workload/follow.ts";
import type { FollowEnd } from "../src/workload/follow-once.ts";
import { type Breakage, newTally, sumOf, type Tally, workerPlans } from "../src/workload/plan.ts";
import { work } from "../src/workload/work.ts";

let server: NatsServer;
let admin: Admin;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aether-broken-"));
  server = await startNatsServer();
  admin = await Admin.connect([server.url]);
}, 300_000);
afterAll(async () => {
  await admin.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

/**
 * Runs three writers and a reader on a few actors, without faults, until there are enough saves and reads. If the feed
 * is to be checked, two followers start after 600 messages, so that they first have to catch up.
 */
async function violationsOf(streamName: string, breakage?: Breakage): Promise<readonly string[]> {
  const operations: RecordedOperation[] = [];
  const unexpected: string[] = [];
  const stop = new AbortController();
  const random = new Random(1);
  const followerCount = breakage === undefined || breakage.includes("feed") ? 2 : 0;
  const plans = workerPlans({ writers: 3, readers: 1, followers: followerCount }, random, () => ({
    urls: [server.url],
    streamName,
    replicaCount: 1,
    maxInFlight: 4,
    hotActors: 3,
    coldActors: 200,
    ackTimeoutMs: 10_000,
    ...(breakage === undefined ? {} : { breakage }),
  }));
  const tallies = plans.map(newTally);
  const listener = { opened: () => {}, failed: (description: string) => unexpected.push(description) };
  const works = plans.map((plan, index) => {
    const record = (operation: RecordedOperation): number => operations.push(operation);
    return plan.role === "follower"
      ? undefined
      : work(plan, tallies[index] as Tally, { record, now: sharedNow }, listener, stop.signal);
  });
  const end: FollowEnd = { lastSequence: undefined };
  const hasWritten = async (): Promise<boolean> => ((await admin.streamState(streamName))?.lastSequence ?? 0) > 600;
  while (!(await hasWritten())) await new Promise((resolve) => setTimeout(resolve, 10));
  const followers = plans.flatMap((plan, index) => {
    if (plan.role !== "follower") return [];
    const path = join(folder, `${streamName}-${plan.name}`);
    return { plan, path, done: follow(plan, tallies[index] as Tally, new FeedLog(path), listener, end) };
  });
  const isEnough = (): boolean => sumOf(tallies).delivered >= followerCount * 500 && sumOf(tallies).reads > 300;
  while (!isEnough()) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await Promise.all(works);
  end.lastSequence = await admin.lastSequence(streamName);
  await Promise.all(followers.map(({ done }) => done));
  const feeds = followers.map(({ plan: { name, partition }, path }) => ({ name, partition, pages: readPages(path) }));
  const checked = await checkRun({ admin, streamName, servers: 1, operations, feeds, random });
  return [...unexpected, ...checked.violations];
}

// The reader must complete a certain number of reads, which takes a long time on a loaded machine.
describe("the workload and the checks", { timeout: 120_000 }, () => {
  test("find no violation with the real store", async () => {
    expect(await violationsOf("intact")).toEqual([]);
  });

  test.each([
    { breakage: "no expectation", stream: "unguarded", rule: "duplicate-version" },
    { breakage: "acknowledges without saving", stream: "losing", rule: "lost-event" },
    { breakage: "skips events in reads", stream: "skipping", rule: "inconsistent-read" },
    { breakage: "reads stale data", stream: "stale", rule: "stale-read" },
    { breakage: "loses events in the feed", stream: "feed-losing", rule: "feed-lost-event" },
    { breakage: "doubles events in the feed", stream: "feed-doubling", rule: "feed-order" },
    { breakage: "reorders events in the feed", stream: "feed-reordering", rule: "feed-order" },
    { breakage: "reports false positions in the feed", stream: "feed-positions", rule: "feed-wrong-event" },
    { breakage: "claims in the feed to have caught up", stream: "feed-claiming", rule: "feed-stale-end" },
  ] as const)("detect a broken store: $breakage", async ({ breakage, stream, rule }) => {
    const violations = await violationsOf(stream, breakage);
    expect(violations.filter((violation) => violation.startsWith(rule)).length).toBeGreaterThan(0);
  });
});
