import { setTimeout as delay } from "node:timers/promises";
import { startNatsServer } from "@aether/nats-testing";
import { Admin } from "../cluster/admin.ts";
import { judge } from "../cluster/verdict.ts";
import { finishing } from "../minima.ts";
import { stuckAfter } from "../nemesis/nemesis.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { clientNames, type WorkerPlan } from "../workload/plan.ts";
import { Workers } from "../workload/workers.ts";

const STREAM = "faults";
const KILLS = 50;
const WRITERS = 4;
const READERS = 1;

/** One server, killed and started again, over and over, while writers and a reader go on. */
export const singleServerSuite: Suite = { name: "single-server", share: 2, minima: { faults: KILLS }, run };

async function run(context: SuiteContext): Promise<SuiteResult> {
  const { seed, signal, log } = context;
  const random = new Random(seed);
  const isOver = finishing(context);
  await using server = await startNatsServer({ signal });
  const admin = await Admin.connect([server.url]);
  try {
    const roles = [...Array(WRITERS).fill("writer"), ...Array(READERS).fill("reader")] as WorkerPlan["role"][];
    await using workers = await Workers.start(
      roles.map((role, index) => ({
        role,
        name: `${role}-${index}`,
        client: clientNames[index % clientNames.length] as WorkerPlan["client"],
        urls: [server.url],
        streamName: STREAM,
        replicaCount: 1,
        lanes: 8,
        hotActors: 4,
        coldActors: 5_000,
        seed: random.integer(0, 2 ** 31),
        ackTimeoutMs: 10_000,
      })),
    );
    let kills = 0;
    const violations: string[] = [];
    while (kills < KILLS && violations.length === 0 && !isOver({ faults: kills })) {
      await delay(random.integer(50, 500));
      await server.kill();
      await delay(random.integer(0, 200));
      await server.restart();
      kills++;
      const stuck = await stuckAfter(() => workers.progress, signal);
      violations.push(...stuck.map((name) => `after kill ${kills}, ${name} stands still`));
    }
    log(`${kills} kills`);
    await workers.stop();
    const operations = await workers.operations();
    const { acknowledged, conflicts, unknown, failed, reads } = workers.tally;
    const verdict = await judge({ admin, streamName: STREAM, servers: 1, operations, random });
    return {
      name: "single-server",
      violations: [...workers.surprises, ...violations, ...verdict.violations],
      figures: {
        "events acknowledged": acknowledged,
        "conflicts told": conflicts,
        "outcomes unknown": unknown,
        "saves failed": failed,
        reads,
        "connections that a client left open": workers.connectionsLeft,
        ...verdict.figures,
        faults: { "kill the only server": kills },
      },
    };
  } finally {
    await admin.close();
  }
}
