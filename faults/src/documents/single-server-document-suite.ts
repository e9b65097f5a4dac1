import { setTimeout as delay } from "node:timers/promises";
import { startNatsServer } from "@aether/nats-testing";
import { Admin } from "../cluster/admin.ts";
import { finishing } from "../minimums.ts";
import { stalledAfter } from "../nemesis/stalled.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { runDocuments } from "./run-documents.ts";

const NAME = "documents-single-server";

/** One server that is killed and restarted repeatedly while processes write and watch the same documents. */
export const singleServerDocumentSuite: Suite = {
  name: NAME,
  share: 1,
  minimums: {
    faults: 50,
    "document writes acknowledged": 20_000,
    "revision conflicts": 5_000,
    "unknown document writes": 20,
  },
  run,
};

async function run(context: SuiteContext): Promise<SuiteResult> {
  const { seed, signal, log } = context;
  const random = new Random(seed);
  await using server = await startNatsServer({ signal });
  const admin = await Admin.connect([server.url]);
  let kills = 0;
  try {
    const { violations, figures } = await runDocuments({
      admin,
      random,
      urls: [server.url],
      replicaCount: 1,
      workers: 4,
      ackTimeoutMs: 10_000,
      maxStalenessMs: 0,
      injectFaults: async (processes) => {
        const isFinished = finishing(context);
        while (!isFinished({ faults: kills, ...processes.figures })) {
          await delay(random.integer(50, 500));
          await server.kill();
          await delay(random.integer(0, 200));
          await server.restart();
          kills++;
          const stalled = await stalledAfter(() => processes.progress, signal);
          if (stalled.length > 0) return stalled.map((name) => `after kill ${kills}, ${name} made no progress`);
        }
        return [];
      },
    });
    log(`${kills} kills`);
    return { name: NAME, violations, figures: { ...figures, faults: { "kill the only server": kills } } };
  } finally {
    await admin.close();
  }
}
