import { check } from "../checks/check.ts";
import { pause } from "../checks/pause.ts";
import { SeededRandom } from "../samples/seeded-random.ts";
import { type ProjectionCase, projectionCaseGroup } from "../suite/projection-case.ts";
import { FragileProcess } from "./fragile-process.ts";
import { checkContents, plainFold, Saver, sampleOf } from "./samples.ts";

export const rebuilds: readonly ProjectionCase[] = projectionCaseGroup("rebuilds", [
  {
    name: "a new version is read only once it has handled everything that is stored",
    async run(context) {
      const saver = new Saver(context.store, new SeededRandom(6));
      const [first, second] = [sampleOf("shared", "rebuilt"), sampleOf("shared", "rebuilt", 2)];
      const old = await context.run(first);
      const position = await saver.save(40);
      await checkContents("the first version is read at once", { version: 1 }, context, first, old, position);
      // The process that builds is slower than the reads.
      const { store, documents } = new FragileProcess(context, new SeededRandom(7), { writeMs: 3 });
      const built = await context.run(second, { store, documents, maxBatchEvents: 3 });
      await built.untilLive({ timeoutMs: context.waitMs });
      const actual: Record<string, unknown> = {};
      for await (const { id, document } of built.list()) actual[id] = document;
      check("a new version has handled everything as soon as it is read", {
        given: { version: 2, events: 40 },
        expected: await plainFold(context.store, second),
        actual,
      });
    },
  },
  {
    name: "a new version misses no event that is saved while it is built",
    async run(context) {
      const saver = new Saver(context.store, new SeededRandom(7));
      const [first, second] = [sampleOf("history", "rebuilt"), sampleOf("history", "rebuilt", 2)];
      const old = await context.run(first);
      await saver.save(30);
      let isLive = false;
      const saving = (async () => {
        for (let saved = 0; !isLive && saved < 300; saved++) await saver.save(1).then(() => pause(1));
      })();
      const { store, documents } = new FragileProcess(context, new SeededRandom(9), { writeMs: 3 });
      const built = await context.run(second, { store, documents });
      const guarantee = "a new version has the events that were saved while it was built";
      await built.untilLive({ timeoutMs: context.waitMs });
      isLive = true;
      await saving;
      for (const part of ["saved while it was built", "saved later"]) {
        const position = await saver.save(5);
        for (const running of [built, old])
          await checkContents(guarantee, { version: 2, part }, context, second, running, position);
      }
    },
  },
  {
    name: "a new version is completed by another process if the first one ends while it is built",
    async run(context) {
      const saver = new Saver(context.store, new SeededRandom(8));
      const [first, second] = [sampleOf("own", "rebuilt"), sampleOf("own", "rebuilt", 2)];
      await context.run(first);
      const position = await saver.save(30);
      for (const write of [5, 6, 8, 9, 12]) {
        const dying = new FragileProcess(context, new SeededRandom(write), { dieAtWrite: { write, isAfter: true } });
        const { store, documents } = dying;
        const starting = context.run(second, { store, documents, maxBatchEvents: 2 });
        starting.catch(() => {});
        await dying.died;
        void starting.then((running) => running.stop()).catch(() => {});
      }
      const built = await context.run(second, { maxBatchEvents: 2 });
      await built.untilLive({ timeoutMs: context.waitMs });
      const given = { version: 2, processes: "five have ended while they built it" };
      await checkContents("a new version is a plain fold", given, context, second, built, position);
    },
  },
]);
