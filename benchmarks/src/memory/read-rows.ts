import { MemoryEventStore } from "@aether/store-memory";
import type { Comparison, Side } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";
import { castore, emmett, type StoreUnderTest } from "./peers.ts";

const EVENTS = 1_000;

/** Reading an actor with 1,000 events. */
export async function readRows({ quick, repetitions }: Sizes): Promise<readonly Comparison[]> {
  const times = quick ? 100 : 100_000;
  const store = new MemoryEventStore();
  const [castoreStore, emmettStore] = [castore(), emmett()];
  for (let version = 1; version <= EVENTS; version++) {
    const event = sampleEvent("order-1", version);
    await store.saveEvent(event);
    await castoreStore.append(event);
    await emmettStore.append(event);
  }
  const reading = (read: () => unknown): Side => ({
    run: async () => {
      let operations = 0;
      for (let time = 0; time < times; time++) {
        const events = (await read()) as readonly unknown[];
        if (events.length !== EVENTS) throw new Error(`read ${events.length} events`);
        operations += events.length;
      }
      return operations;
    },
  });
  const readOf = (peer: StoreUnderTest): Side => reading(() => peer.read("order-1"));
  const whole = { unit: "events/s", repetitions, goal: 1, name: "getEvents, 1,000 events" };
  const ours = reading(() => store.getEvents("order-1"));
  return [
    { ...whole, against: "castore", ours, baseline: readOf(castoreStore) },
    { ...whole, against: "emmett", ours, baseline: readOf(emmettStore) },
    {
      name: "readEvents, 1,000 events, lazily",
      against: "a generator over the same events",
      unit: "events/s",
      repetitions,
      ours: iterating(() => store.readEvents("order-1"), times / 50),
      baseline: iterating(() => generated(store), times / 50),
    },
  ];
}

function iterating(read: () => AsyncIterable<unknown>, times: number): Side {
  return {
    run: async () => {
      let operations = 0;
      for (let time = 0; time < times; time++) for await (const _ of read()) operations++;
      return operations;
    },
  };
}

async function* generated(store: MemoryEventStore): AsyncGenerator<unknown, void, undefined> {
  yield* await store.getEvents("order-1");
}
