import type { RecordedOperation } from "@aether/conformance";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Admin } from "../src/cluster/admin.ts";
import { checkRun } from "../src/cluster/check-run.ts";
import { Random } from "../src/random.ts";
import { sharedNow } from "../src/workload/clock.ts";
import { type Breakage, newTally, sumOf, type Tally, workerPlans } from "../src/workload/plan.ts";
import { work } from "../src/workload/work.ts";

let server: NatsServer;
let admin: Admin;
beforeAll(async () => {
  server = await startNatsServer();
  admin = await Admin.connect([server.url]);
}, 300_000);
afterAll(async () => {
  await admin.close();
  await server.stop();
});

/** Runs three writers and a reader on a few actors, without faults, until there are enough saves and reads. */
async function violationsOf(streamName: string, breakage?: Breakage): Promise<readonly string[]> {
  const operations: RecordedOperation[] = [];
  const unexpected: string[] = [];
  const stop = new AbortController();
  const random = new Random(1);
  const plans = workerPlans({ writers: 3, readers: 1 }, random, () => ({
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
  const works = plans.map((plan, index) => {
    const record = (operation: RecordedOperation): number => operations.push(operation);
    const listener = { opened: () => {}, failed: (description: string) => unexpected.push(description) };
    return work(plan, tallies[index] as Tally, { record, now: sharedNow }, listener, stop.signal);
  });
  const isEnough = (): boolean => sumOf(tallies).acknowledged > 1_000 && sumOf(tallies).reads > 300;
  while (!isEnough()) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await Promise.all(works);
  const checked = await checkRun({ admin, streamName, servers: 1, operations, random });
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
  ] as const)("detect a broken store: $breakage", async ({ breakage, stream, rule }) => {
    const violations = await violationsOf(stream, breakage);
    expect(violations.filter((violation) => violation.startsWith(rule)).length).toBeGreaterThan(0);
  });
});
