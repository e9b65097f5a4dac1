import { SeededRandom } from "../samples/seeded-random.ts";
import { type ProjectionCase, projectionCaseGroup } from "../suite/projection-case.ts";
import { FragileProcess } from "./fragile-process.ts";
import { checkContents, kindNames, Saver, sampleOf } from "./samples.ts";

export const contents: readonly ProjectionCase[] = projectionCaseGroup("contents", [
  {
    name: "the documents are a plain fold of the events that are stored, and of those that follow",
    async run(context) {
      const saver = new Saver(context.store, new SeededRandom(1));
      await saver.save(60);
      const runs = kindNames.flatMap((kind) => ([1, 16] as const).map((partitions) => ({ kind, partitions })));
      const started = await Promise.all(
        runs.map(async ({ kind, partitions }) => {
          const sample = sampleOf(kind, `${kind}-${partitions}`);
          const running = await context.run(sample, { partitions, maxBatchEvents: 7 });
          return { given: { projection: kind, partitions }, sample, running };
        }),
      );
      const position = await saver.save(20);
      for (const { given, sample, running } of started) {
        await checkContents("the documents are a plain fold of the feed", given, context, sample, running, position);
      }
    },
  },
  {
    name: "a read that waits for an acknowledged save includes it, in every process",
    async run(context) {
      const saver = new Saver(context.store, new SeededRandom(2));
      const sample = sampleOf("shared", "reads");
      // The owner of the partition is slower than the reads.
      const { store, documents } = new FragileProcess(context, new SeededRandom(3));
      const processes = [await context.run(sample, { store, documents }), await context.run(sample)];
      for (let read = 0; read < 12; read++) {
        const position = await saver.save(1);
        const running = processes[read % 2] as (typeof processes)[number];
        const given = { read, process: read % 2 };
        await checkContents("a read includes the save that it waits for", given, context, sample, running, position);
      }
    },
  },
]);
