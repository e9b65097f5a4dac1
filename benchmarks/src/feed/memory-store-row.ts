import type { StoredEvent } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import type { Comparison, Side } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { fill } from "./fill.ts";

const PAGE_EVENTS = 1_000;

type Page = readonly StoredEvent[];

/** Reading the feed of the in-memory store, compared with a plain array of the same events and positions. */
export async function memoryStoreRow({ quick, repetitions }: Sizes): Promise<Comparison> {
  const events = quick ? 10_000 : 100_000;
  const times = quick ? 2 : 50;
  const store = new MemoryEventStore();
  await fill(store, { events, actors: 1_000, perCommit: 1 });
  const array: StoredEvent[] = [];
  for await (const page of feedOf(store)) array.push(...page);
  return {
    name: `readFeed of the in-memory store, ${events.toLocaleString("en")} events`,
    against: "a generator of pages of a plain array",
    unit: "events/s",
    goal: 0.5,
    repetitions,
    ours: reading(() => feedOf(store), times),
    baseline: reading(() => pagesOf(array), times),
  };
}

function reading(read: () => AsyncIterable<Page>, times: number): Side {
  return {
    run: async () => {
      let events = 0;
      for (let time = 0; time < times; time++) {
        for await (const page of read()) for (const { event } of page) if (event.version > 0) events++;
      }
      return events;
    },
  };
}

async function* feedOf(store: MemoryEventStore): AsyncGenerator<Page, void, undefined> {
  for await (const { events } of store.readFeed()) yield events;
}

async function* pagesOf(array: Page): AsyncGenerator<Page, void, undefined> {
  for (let start = 0; start < array.length; start += PAGE_EVENTS) yield array.slice(start, start + PAGE_EVENTS);
}
