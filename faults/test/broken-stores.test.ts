import type { RecordedOperation } from "@aether/conformance";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Admin } from "../src/cluster/admin.ts";
import { judge } from "../src/cluster/verdict.ts";
import { Random } from "../src/random.ts";
import { sharedNow } from "../src/workload/clock.ts";
import { type Breakage, clientNames, newTally, sumOf, type WorkerPlan } from "../src/workload/plan.ts";
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

/** Three writers and a reader on few actors, without any fault, until enough was saved and read. */
async function violationsOf(streamName: string, breakage?: Breakage): Promise<readonly string[]> {
  const operations: RecordedOperation[] = [];
  const surprises: string[] = [];
  const stop = new AbortController();
  const tallies = [0, 1, 2, 3].map(newTally);
  const works = tallies.map((tally, index) => {
    const role = index < 3 ? "writer" : "reader";
    const plan: WorkerPlan = {
      role,
      name: `${role}-${index}`,
      client: clientNames[index % 2] as WorkerPlan["client"],
      urls: [server.url],
      streamName,
      replicaCount: 1,
      lanes: 4,
      hotActors: 3,
      coldActors: 200,
      seed: index,
      ackTimeoutMs: 10_000,
      ...(breakage === undefined ? {} : { breakage }),
    };
    const record = (operation: RecordedOperation): number => operations.push(operation);
    const listener = { opened: () => {}, surprised: (what: string) => surprises.push(what) };
    return work(plan, tally, { record, now: sharedNow }, listener, stop.signal);
  });
  const isEnough = (): boolean => sumOf(tallies).acknowledged > 1_000 && sumOf(tallies).reads > 300;
  while (!isEnough()) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await Promise.all(works);
  const verdict = await judge({ admin, streamName, servers: 1, operations, random: new Random(1) });
  return [...surprises, ...verdict.violations];
}

describe("the workload and the checker", () => {
  test("find nothing wrong with the store as it is", async () => {
    expect(await violationsOf("whole")).toEqual([]);
  });

  test.each([
    { breakage: "no expectation", stream: "unguarded", rule: "duplicate-version" },
    { breakage: "acknowledges too early", stream: "hasty", rule: "lost-event" },
    { breakage: "reads with holes", stream: "holed", rule: "inconsistent-read" },
    { breakage: "reads what was", stream: "late", rule: "stale-read" },
  ] as const)("reject a store that is broken: $breakage", async ({ breakage, stream, rule }) => {
    const violations = await violationsOf(stream, breakage);
    expect(violations.filter((violation) => violation.startsWith(rule)).length).toBeGreaterThan(0);
  });
});
