import { pause } from "../checks/pause.ts";
import { SeededRandom } from "../samples/seeded-random.ts";
import { type ProjectionCase, type ProjectionCaseContext, projectionCaseGroup } from "../suite/projection-case.ts";
import type { ProjectionSample } from "../suite/projections-under-test.ts";
import { FragileProcess } from "./fragile-process.ts";
import { checkContents, Saver, sampleOf } from "./samples.ts";

/** Time for late writes to do harm, in milliseconds. */
const LATE_MS = 20;
/** Number of takeovers. In some of them, the process may not have written anything when it was paused. */
const ROUNDS = 3;

export const owners: readonly ProjectionCase[] = projectionCaseGroup("owners", [
  {
    name: "late writes of a process that was paused while another one took over change nothing",
    async run(context) {
      const saver = new Saver(context.store, new SeededRandom(3));
      for (let round = 1; round <= ROUNDS; round++) await takeOver(context, saver, round);
    },
  },
  {
    name: "an event that is delivered again changes nothing",
    async run(context) {
      const saver = new Saver(context.store, new SeededRandom(5));
      await saver.save(6);
      const rounds = [1, 2, 3, 4, 5, 6, 7];
      const kinds = ["own", "shared"] as const;
      for (const round of rounds) {
        const saved = saver.save(2);
        // In each round, the process ends after another write, so often between the documents and the checkpoint.
        await Promise.all(kinds.map((kind) => runUntilDeath(context, sampleOf(kind, `again-${kind}`), round)));
        await saved;
      }
      const position = await saver.save(1);
      for (const kind of kinds) {
        const sample = sampleOf(kind, `again-${kind}`);
        const running = await context.run(sample);
        const given = { projection: kind, processes: "end between the writes of documents and checkpoint" };
        const guarantee = "an event that is delivered again changes nothing";
        await checkContents(guarantee, given, context, sample, running, position);
      }
    },
  },
]);

/** Pauses a process before it writes, lets another one take over, and then lets the first one continue. */
async function takeOver(context: ProjectionCaseContext, saver: Saver, round: number): Promise<void> {
  const { leaseMs, waitMs } = context;
  const sample = sampleOf("own", `owners-${round}`);
  const paused = new FragileProcess(context, new SeededRandom(round));
  const { store, documents } = paused;
  const former = await context.run(sample, { store, documents });
  await former.get("any", { atLeast: await saver.save(10), timeoutMs: waitMs });
  paused.pause();
  await saver.saveOf(`late-${round}`, "Added");
  const before = await saver.save(10);
  // Until a document is held back, and the lease, too.
  for (let ms = 0; paused.held < 2 && ms < leaseMs; ms++) await pause(1);
  const owner = await context.run(sample);
  await owner.get("any", { atLeast: before, timeoutMs: waitMs });
  await saver.saveOf(`late-${round}`, "Removed");
  const position = await saver.save(10);
  const given = "a process is paused before it writes, another one takes over, and the first one continues";
  const guarantee = "a late write of a former owner changes nothing";
  await checkContents(guarantee, given, context, sample, owner, position);
  paused.resume();
  for (let ms = 0; paused.held > 0 && ms < leaseMs; ms++) await pause(1);
  await pause(LATE_MS);
  await checkContents(guarantee, given, context, sample, owner, position);
  await checkContents(guarantee, given, context, sample, owner, await saver.save(10));
}

/** Runs a process until it has ended after a number of writes. */
async function runUntilDeath(context: ProjectionCaseContext, sample: ProjectionSample, round: number): Promise<void> {
  const fate = { dieAtWrite: { write: round + 1, isAfter: true } };
  const process = new FragileProcess(context, new SeededRandom(round), fate);
  const { store, documents } = process;
  const starting = context.run(sample, { store, documents, maxBatchEvents: 4 });
  starting.catch(() => {});
  // It ends with a renewal of the lease at the latest. Ended earlier, it could have made no progress, like a process
  // that one event ends again and again.
  await Promise.race([process.died, pause(10 * context.leaseMs)]);
  process.kill();
  void starting.then((running) => running.stop()).catch(() => {});
}
