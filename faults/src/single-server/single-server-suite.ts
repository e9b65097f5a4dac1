import { setTimeout as delay } from "node:timers/promises";
import { startNatsServer } from "@aether/nats-testing";
import { Admin } from "../cluster/admin.ts";
import { checkRun } from "../cluster/check-run.ts";
import { FollowerKiller } from "../feeds/kill-followers.ts";
import { finishing } from "../minimums.ts";
import { stalledAfter } from "../nemesis/stalled.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { figuresOf, workerPlans } from "../workload/plan.ts";
import { Workers } from "../workload/workers.ts";

const STREAM = "faults";
const KILLS = 50;
const WRITERS = 4;
const READERS = 1;
const FOLLOWERS = 3;

/** One server that is killed and restarted repeatedly while writers and a reader continue. */
export const singleServerSuite: Suite = { name: "single-server", share: 2, minimums: { faults: KILLS }, run };

async function run(context: SuiteContext): Promise<SuiteResult> {
  const { seed, signal, log } = context;
  const random = new Random(seed);
  const isFinished = finishing(context);
  await using server = await startNatsServer({ signal });
  const admin = await Admin.connect([server.url]);
  try {
    await using workers = await Workers.start(
      workerPlans({ writers: WRITERS, readers: READERS, followers: FOLLOWERS }, random, () => ({
        urls: [server.url],
        streamName: STREAM,
        replicaCount: 1,
        maxInFlight: 8,
        hotActors: 4,
        coldActors: 5_000,
        ackTimeoutMs: 10_000,
      })),
    );
    const killer = new FollowerKiller(workers, new Random(seed + 1));
    let kills = 0;
    const violations: string[] = [];
    while (kills < KILLS && violations.length === 0 && !isFinished({ faults: kills })) {
      await delay(random.integer(50, 500));
      await server.kill();
      await delay(random.integer(0, 200));
      await server.restart();
      kills++;
      const stalled = await stalledAfter(() => workers.progress, signal);
      violations.push(...stalled.map((name) => `after kill ${kills}, ${name} made no progress`));
    }
    log(`${kills} kills`);
    await killer.stop();
    await workers.stop(() => admin.lastSequence(STREAM));
    const operations = await workers.operations();
    const { tally } = workers;
    const checked = await checkRun({
      admin,
      streamName: STREAM,
      servers: 1,
      operations,
      feeds: workers.feeds(),
      random,
    });
    return {
      name: "single-server",
      violations: [...workers.unexpected, ...violations, ...checked.violations],
      figures: {
        ...figuresOf(tally),
        "followers killed and resumed": killer.kills,
        "connections left open by the NATS client": workers.connectionsLeft,
        ...checked.figures,
        faults: { "kill the only server": kills },
      },
    };
  } finally {
    await admin.close();
  }
}
