import type { Event } from "@aether/core";
import type { JetStreamClient } from "@nats-io/jetstream";
import { inFlight } from "../in-flight.ts";
import { type Comparison, moreRepetitions, type Side } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";
import type { JetStreamBench } from "./bench.ts";

const encoder = new TextEncoder();

/** Appending, compared with the raw client, which encodes JSON and publishes it with the expected sequence. */
export async function appendRows(bench: JetStreamBench, sizes: Sizes): Promise<readonly Comparison[]> {
  const { quick } = sizes;
  const repetitions = moreRepetitions(sizes);
  const store = await bench.open("append");
  const [plain, tuned] = [await bench.raw(bench.plain, "raw"), await bench.raw(bench.tuned, "raw")];
  const scale = quick ? 0.2 : 1;
  const one = Math.round(2_000 * scale);
  const many = Math.round(10_000 * scale);

  /** Returns the first events of a new actor. */
  const history = (prefix: string, count: number): readonly Event[] => {
    const actor = bench.unique(prefix);
    return Array.from({ length: count }, (_, index) => sampleEvent(actor, index + 1));
  };
  const firstEvents = (): readonly Event[] => Array.from({ length: many }, () => sampleEvent(bench.unique("new"), 1));
  const batches = (): (readonly Event[])[] =>
    Array.from({ length: Math.round(500 * scale) }, () => history("batch", 100));

  const publishOneByOne = prepared(
    () => history("single", one),
    async (events) => {
      let lastSubjectSequence = 0;
      for (const event of events) {
        const expect = { lastSubjectSequence };
        lastSubjectSequence = (await plain.publish(subjectOf(event), encoded(event), { expect })).seq;
      }
      return one;
    },
  );
  const publishInParallel = (client: JetStreamClient): Side =>
    prepared(firstEvents, (events) =>
      inFlight(many, 64, (index) => {
        const event = events[index] as Event;
        return client.publish(subjectOf(event), encoded(event), { expect: { lastSubjectSequence: 0 } });
      }),
    );
  const saveInParallel = prepared(firstEvents, (events) =>
    inFlight(many, 64, (index) => store.saveEvent(events[index] as Event)),
  );
  const saveBatches = prepared(batches, async (all) => {
    for (const batch of all) await store.saveEvents(batch);
    return all.length * 100;
  });
  const publishBatches = prepared(batches, async (all) => {
    for (const batch of all) {
      const expect = { lastSubjectSequence: 0 };
      await plain.publish(subjectOf(batch[0] as Event), encoded(batch), { expect });
    }
    return all.length * 100;
  });
  const unit = "events/s";

  return [
    {
      name: "saveEvent, one at a time, with a warm version cache",
      unit,
      goal: 1.1,
      repetitions,
      ours: prepared(
        () => history("single", one),
        async (events) => {
          for (const event of events) await store.saveEvent(event);
          return one;
        },
      ),
      baseline: publishOneByOne,
    },
    {
      name: "saveEvent, 64 in flight on different actors",
      unit,
      goal: 1.6,
      repetitions,
      ours: saveInParallel,
      baseline: publishInParallel(plain),
    },
    {
      name: "saveEvent, 64 in flight on different actors",
      against: "the raw client with noAsyncTraces",
      unit,
      goal: 1.2,
      repetitions,
      ours: saveInParallel,
      baseline: publishInParallel(tuned),
    },
    {
      name: "saveEvent, 64 in flight on one actor",
      unit,
      goal: 10,
      repetitions,
      ours: prepared(
        () => history("hot", 2 * many),
        (events) => inFlight(2 * many, 64, (index) => store.saveEvent(events[index] as Event)),
      ),
      baseline: publishOneByOne,
    },
    {
      name: "saveEvents, batches of 100",
      unit,
      goal: 25,
      reason:
        "a batch saves round trips, but on one machine these are so short that encoding the JSON of 100 events " +
        "takes most of the time; the next row of the table compares with a baseline without any checks",
      repetitions,
      ours: saveBatches,
      baseline: publishOneByOne,
    },
    {
      name: "saveEvents, batches of 100",
      against: "the raw client, same JSON in one message, no checks",
      unit,
      repetitions,
      ours: saveBatches,
      baseline: publishBatches,
    },
  ];
}

/** Creates the input before the timed run, because generating ids and timestamps is not part of either side's work. */
function prepared<Input>(create: () => Input, run: (input: Input) => Promise<number>): Side {
  let input: Input | undefined;
  return {
    prepare: () => {
      input = create();
    },
    run: () => run(input as Input),
  };
}

function encoded(commit: Event | readonly Event[]): Uint8Array {
  return encoder.encode(JSON.stringify(commit));
}

function subjectOf({ actorId }: Event): string {
  return `raw.events.0.order.${actorId}`;
}
