import type { DocumentStore } from "@aether/core";
import { runProjection } from "@aether/projections";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { getInMemoryDatabase, getInMemoryEventStore, inMemorySingleStreamProjection } from "@event-driven-io/emmett";
import { fill } from "../feed/fill.ts";
import { type Comparison, moreRepetitions, type Side } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { type LineEvent, type LineTotal, lineAdded, lineTotals, withLine } from "./line-totals.ts";

/** Building documents from a feed in memory, compared with a loop over the feed, and with emmett. */
export async function memoryRows(sizes: Sizes): Promise<readonly Comparison[]> {
  const scale = sizes.quick ? 0.1 : 1;
  const [events, documents] = [100_000 * scale, 10_000 * scale];
  const store = await filled(events, documents);
  const loop: Side = { run: () => foldIntoMap(store, documents) };
  const repetitions = moreRepetitions(sizes);
  return [
    {
      name: `${count(events)} events into ${count(documents)} documents, in memory`,
      against: "a loop over the feed with a Map",
      unit: "events/s",
      goal: 0.5,
      repetitions,
      ours: { run: () => build(store, events) },
      baseline: loop,
    },
    {
      name: `${count(events)} events into ${count(documents)} documents of a MemoryDocumentStore`,
      against: "a loop over the feed with a Map",
      unit: "events/s",
      goal: 0.5,
      reason:
        "each batch of 10,000 events writes all documents, and the store checks, copies and freezes them; without a " +
        "document store, as in the first row, documents are copied only when they are read",
      repetitions,
      ours: {
        run: async () => {
          await using target = new MemoryDocumentStore();
          return await build(store, events, target);
        },
      },
      baseline: loop,
    },
    await emmettRow(sizes),
  ];
}

function count(number: number): string {
  return number.toLocaleString("en");
}

async function filled(events: number, actors: number): Promise<MemoryEventStore<LineEvent>> {
  const store = new MemoryEventStore<LineEvent>();
  await fill(store as unknown as MemoryEventStore, { events, actors, perCommit: 1 });
  return store;
}

/** Builds the documents of a new projection. */
async function build(store: MemoryEventStore<LineEvent>, events: number, documents?: DocumentStore): Promise<number> {
  await using running = await runProjection(store, lineTotals(), { documents });
  await running.drain({ timeoutMs: 120_000 });
  return events;
}

async function foldIntoMap(store: MemoryEventStore<LineEvent>, documents: number): Promise<number> {
  const map = new Map<string, LineTotal>();
  let events = 0;
  for await (const page of store.readFeed({ eventTypes: ["OrderLineAdded"] })) {
    for (const { event } of page.events) map.set(event.actorId, withLine(map.get(event.actorId), event));
    events += page.events.length;
  }
  if (map.size !== documents) throw new Error(`there are ${map.size} documents, not ${documents}`);
  return events;
}

/** Emmett's projection handles events of its own store, in groups of the size of our pages. */
async function emmettRow({ quick, repetitions }: Sizes): Promise<Comparison> {
  const [events, documents, pageEvents] = quick ? [1_000, 100, 100] : [10_000, 1_000, 1_000];
  const store = await filled(events, documents);
  const projection = inMemorySingleStreamProjection<LineTotal & Record<string, unknown>, EmmettLineAdded>({
    collectionName: "line-totals",
    canHandle: ["OrderLineAdded"],
    getDocumentId: ({ data }) => data.order,
    evolve: (document: LineTotal | null, { data }: EmmettLineAdded) => ({
      ...withLine(document ?? undefined, { data }),
    }),
  });
  const eventStore = getInMemoryEventStore();
  const messages = Array.from({ length: events }, (_, index) => {
    const order = `order-${index % documents}`;
    const { data } = lineAdded(order, Math.floor(index / documents) + 1);
    return { type: "OrderLineAdded", kind: "Event", data: { ...data, order }, metadata: {} };
  });
  const pages = Array.from({ length: events / pageEvents }, (_, page) =>
    messages.slice(page * pageEvents, (page + 1) * pageEvents),
  ) as unknown as Parameters<typeof projection.handle>[0][];
  return {
    name: `${count(events)} events into ${count(documents)} documents, in memory`,
    against: "emmett's inMemorySingleStreamProjection",
    unit: "events/s",
    goal: 2,
    repetitions,
    ours: { run: () => build(store, events) },
    baseline: {
      run: async () => {
        const database = getInMemoryDatabase();
        for (const page of pages) await projection.handle(page, { eventStore, database });
        return events;
      },
    },
  };
}

type EmmettLineAdded = {
  readonly type: "OrderLineAdded";
  readonly kind?: "Event";
  readonly data: LineEvent["data"] & { readonly order: string };
};
