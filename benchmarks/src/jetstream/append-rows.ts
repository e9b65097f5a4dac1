import type { JetStreamClient } from "@nats-io/jetstream";
import { inFlight } from "../in-flight.ts";
import { type Comparison, patient } from "../measure.ts";
import { encoded, type JetStreamBench, sampleEvent } from "./bench.ts";

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

  /** A version of an actor whose last sequence is known, one after the other. */
  const publishInTurn = (client: JetStreamClient, count: number) => async (): Promise<number> => {
    const actor = bench.unique("turn");
    let lastSubjectSequence = 0;
    for (let version = 1; version <= count; version++) {
      const ack = await client.publish(`raw.events.turn.${actor}`, encoded(actor, version), {
        expect: { lastSubjectSequence },
      });
      lastSubjectSequence = ack.seq;
    }
    return count;
  };
  /** First events of different actors. */
  const publishNew = (client: JetStreamClient) => (): Promise<number> =>
    inFlight(many, 64, () => {
      const actor = bench.unique("new");
      return client.publish(`raw.events.new.${actor}`, encoded(actor, 1), { expect: { lastSubjectSequence: 0 } });
    });
  const saveNew = (): Promise<number> => inFlight(many, 64, () => store.saveEvent(sampleEvent(bench.unique("new"), 1)));
  const unit = "events/s";

  return [
    {
      name: "saveEvent, one at a time, warm",
      unit,
      goal: 1.1,
      repetitions,
      ours: {
        run: async () => {
          const actor = bench.unique("turn");
          for (let version = 1; version <= one; version++) await store.saveEvent(sampleEvent(actor, version));
          return one;
        },
      },
      baseline: { run: publishInTurn(plain, one) },
    },
    {
      name: "saveEvent, 64 actors in flight",
      unit,
      goal: 1.6,
      repetitions,
      ours: { run: saveNew },
      baseline: { run: publishNew(plain) },
    },
    {
      name: "saveEvent, 64 actors in flight, baseline with noAsyncTraces",
      unit,
      goal: 1.2,
      repetitions,
      ours: { run: saveNew },
      baseline: { run: publishNew(tuned) },
    },
    {
      name: "saveEvent, 64 in flight on one actor",
      unit,
      goal: 10,
      repetitions,
      ours: {
        run: () => {
          const actor = bench.unique("hot");
          return inFlight(many, 64, (index) => store.saveEvent(sampleEvent(actor, index + 1)));
        },
      },
      baseline: { run: publishInTurn(plain, one) },
    },
    {
      name: "saveEvents of 100",
      unit,
      goal: 25,
      repetitions,
      ours: {
        run: async () => {
          const batches = Math.round(300 * scale);
          for (let batch = 0; batch < batches; batch++) {
            const actor = bench.unique("batch");
            await store.saveEvents(Array.from({ length: 100 }, (_, index) => sampleEvent(actor, index + 1)));
          }
          return batches * 100;
        },
      },
      baseline: { run: publishInTurn(plain, one) },
    },
  ];
}
