import type { JetStreamClient } from "@nats-io/jetstream";
import { inFlight } from "../in-flight.ts";
import { type Comparison, patient, type Side } from "../measure.ts";
import { encoded, encoder, type JetStreamBench, type Sample, sampleEvent } from "./bench.ts";

export interface Sizes {
  readonly quick: boolean;
  readonly repetitions: number;
}

/** Appending, against the raw client's publish with an expectation, JSON included. */
export async function appendRows(bench: JetStreamBench, sizes: Sizes): Promise<readonly Comparison[]> {
  const { quick } = sizes;
  const repetitions = patient(sizes);
  const store = await bench.open("append");
  const [plain, tuned] = [await bench.raw(bench.plain, "raw"), await bench.raw(bench.tuned, "raw")];
  const scale = quick ? 0.2 : 1;
  const one = Math.round(2_000 * scale);
  const many = Math.round(10_000 * scale);

  /** Versions of a new actor. */
  const versions = (prefix: string, count: number): readonly Sample[] => {
    const actor = bench.unique(prefix);
    return Array.from({ length: count }, (_, index) => sampleEvent(actor, index + 1));
  };
  const firsts = (): readonly Sample[] => Array.from({ length: many }, () => sampleEvent(bench.unique("new"), 1));
  const batches = (): (readonly Sample[])[] =>
    Array.from({ length: Math.round(500 * scale) }, () => versions("batch", 100));

  const publishInTurn = beforehand(
    () => versions("turn", one),
    async (events) => {
      let lastSubjectSequence = 0;
      for (const event of events) {
        const expect = { lastSubjectSequence };
        lastSubjectSequence = (await plain.publish(subjectOf(event), encoded(event), { expect })).seq;
      }
      return one;
    },
  );
  const publishNew = (client: JetStreamClient): Side =>
    beforehand(firsts, (events) =>
      inFlight(many, 64, (index) => {
        const event = events[index] as Sample;
        return client.publish(subjectOf(event), encoded(event), { expect: { lastSubjectSequence: 0 } });
      }),
    );
  const saveNew = beforehand(firsts, (events) =>
    inFlight(many, 64, (index) => store.saveEvent(events[index] as Sample)),
  );
  const saveBatches = beforehand(batches, async (made) => {
    for (const batch of made) await store.saveEvents(batch);
    return made.length * 100;
  });
  const publishBatches = beforehand(batches, async (made) => {
    for (const batch of made) {
      const payload = encoder.encode(JSON.stringify(batch));
      await plain.publish(subjectOf(batch[0] as Sample), payload, { expect: { lastSubjectSequence: 0 } });
    }
    return made.length * 100;
  });
  const unit = "events/s";

  return [
    {
      name: "saveEvent, one at a time, warm",
      unit,
      goal: 1.1,
      repetitions,
      ours: beforehand(
        () => versions("turn", one),
        async (events) => {
          for (const event of events) await store.saveEvent(event);
          return one;
        },
      ),
      baseline: publishInTurn,
    },
    {
      name: "saveEvent, 64 actors in flight",
      unit,
      goal: 1.6,
      repetitions,
      ours: saveNew,
      baseline: publishNew(plain),
    },
    {
      name: "saveEvent, 64 actors in flight, baseline with noAsyncTraces",
      unit,
      goal: 1.2,
      repetitions,
      ours: saveNew,
      baseline: publishNew(tuned),
    },
    {
      name: "saveEvent, 64 in flight on one actor",
      unit,
      goal: 10,
      repetitions,
      ours: beforehand(
        () => versions("hot", 2 * many),
        (events) => inFlight(2 * many, 64, (index) => store.saveEvent(events[index] as Sample)),
      ),
      baseline: publishInTurn,
    },
    {
      name: "saveEvents of 100",
      unit,
      goal: 25,
      why:
        "it saves round trips, and where they are short, as on one machine, the JSON of a hundred events is most of what is left; " +
        "the row below shows how far one could get without any check",
      repetitions,
      ours: saveBatches,
      baseline: publishInTurn,
    },
    {
      name: "saveEvents of 100, message against message",
      against: "the raw client, which publishes the same JSON in one message, unchecked",
      unit,
      repetitions,
      ours: saveBatches,
      baseline: publishBatches,
    },
  ];
}

/** What is saved is made before the time runs: ids and times are neither side's work. */
function beforehand<Made>(make: () => Made, run: (made: Made) => Promise<number>): Side {
  let made: Made | undefined;
  return {
    prepare: () => {
      made = make();
    },
    run: () => run(made as Made),
  };
}

function subjectOf({ actorId }: Sample): string {
  return `raw.events.order.${actorId}`;
}
