import type { JetStreamEventStore } from "@aether/store-jetstream";
import { jetstreamManager, type StoredMsg } from "@nats-io/jetstream";
import { inFlight } from "../in-flight.ts";
import { type Comparison, moreRepetitions } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";
import type { JetStreamBench } from "./bench.ts";

const decoder = new TextDecoder();
const unit = "events/s";

/** Reading into a list, compared with the raw client's ordered consumer and `JSON.parse`. */
export async function readRows(bench: JetStreamBench, sizes: Sizes): Promise<readonly Comparison[]> {
  const { quick } = sizes;
  const store = await bench.open("read");
  const long = quick ? 20_000 : 100_000;
  await fill(store, "few", 10, 1);
  await fill(store, "some", 100, 1);
  await fill(store, "long", long, 1);
  await fill(store, "packed", long, 100);
  const client = bench.rawOn(bench.plain);
  const manager = await jetstreamManager(bench.plain);

  const literal = async (actor: string): Promise<readonly [string, string]> => {
    const message = await manager.streams.getMessage("read", { last_by_subj: `read.events.*.~.${actor}` });
    if (message === null) throw new Error(`the stream has no message of ${actor}`);
    return [actor, message.subject];
  };
  // The baselines read with literal subjects, as the store does: a wildcard would slow the server down.
  const subjects = new Map(await Promise.all(["few", "some", "long"].map(literal)));
  const subjectOf = (actor: string): string => subjects.get(actor) ?? "";

  const ordered = async (actor: string, count: number): Promise<number> => {
    const consumer = await client.consumers.get("read", { filter_subjects: subjectOf(actor) });
    const messages = await consumer.consume();
    const events: unknown[] = [];
    for await (const message of messages) {
      if (events.push(JSON.parse(decoder.decode(message.data))) === count) break;
    }
    await consumer.delete().catch(() => false);
    return events.length;
  };
  /** Reads with one batched direct get. */
  const batch = async (actor: string, count: number): Promise<number> => {
    const events: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      const callback = (done: { readonly err?: Error } | null, message: StoredMsg): void => {
        if (done === null) events.push(JSON.parse(decoder.decode(message.data)));
        else if (done.err === undefined) resolve();
        else reject(done.err);
      };
      const query = { seq: 1, next_by_subj: subjectOf(actor), batch: count, callback };
      manager.direct.getBatch("read", query).catch(reject);
    });
    if (events.length !== count) throw new Error(`read ${events.length} events of ${actor}, not ${count}`);
    return count;
  };
  const read = async (actor: string, count: number, fromVersion = 0): Promise<number> => {
    const events = await store.getEvents(actor, fromVersion);
    if (events.length !== count) throw new Error(`read ${events.length} events of ${actor}, not ${count}`);
    return count;
  };
  const times = (count: number, work: () => Promise<number>) => async (): Promise<number> => {
    let operations = 0;
    for (let time = 0; time < count; time++) operations += await work();
    return operations;
  };
  const often = quick ? 30 : 150;
  const against = (name: string, goal: number, actor: string, count: number, repeated: number): Comparison => ({
    name,
    unit,
    goal,
    repetitions: repeated === 1 ? sizes.repetitions : moreRepetitions(sizes),
    collect: repeated === 1 ? "all" : "young",
    ours: { run: times(repeated, () => read(actor, count)) },
    baseline: { run: times(repeated, () => ordered(actor === "packed" ? "long" : actor, count)) },
  });

  return [
    against("getEvents, 10 events", 1.7, "few", 10, often),
    {
      ...against("getEvents, 100 events", 1.7, "some", 100, often),
      reason:
        "the server takes most of the time, because it sends each message separately; the batched read of the raw " +
        "client, in the next row of the table, takes longer",
    },
    {
      name: "getEvents, 100 events",
      against: "the raw client's batched direct get and JSON.parse, without checks",
      unit,
      repetitions: moreRepetitions(sizes),
      ours: { run: times(often, () => read("some", 100)) },
      baseline: { run: times(often, () => batch("some", 100)) },
    },
    against("getEvents, 100,000 events, saved one by one", 1.2, "long", long, 1),
    against("getEvents, 100,000 events, saved in batches of 100", 3, "packed", long, 1),
    {
      name: "getLatestVersion",
      unit: "reads/s",
      goal: 0.9,
      repetitions: moreRepetitions(sizes),
      ours: { run: times(often * 10, async () => Math.sign(await store.getLatestVersion("some"))) },
      baseline: {
        run: times(often * 10, async () => {
          const message = await manager.direct.getMessage("read", { last_by_subj: subjectOf("some") });
          JSON.parse(decoder.decode(message?.data));
          return 1;
        }),
      },
    },
  ];
}

/** Reading the last events of a long history in a large stream, compared with reading all of them. */
export async function tailRows(bench: JetStreamBench, { quick, repetitions }: Sizes): Promise<readonly Comparison[]> {
  const commits = quick ? 4_000 : 20_000;
  const store = await bench.open("tail", { cacheSize: 0 });
  // Every tenth message of the stream belongs to the actor.
  let version = 0;
  await inFlight(commits * 10, 64, (index) =>
    store.saveEvent(index % 10 === 0 ? sampleEvent("hot", ++version) : sampleEvent(`other-${index}`, 1)),
  );
  const read = (fromVersion: number, count: number) => async (): Promise<number> => {
    const events = await store.getEvents("hot", fromVersion);
    if (events.length !== count) throw new Error(`read ${events.length} events, not ${count}`);
    return 1;
  };
  return [
    {
      name: "getEvents, the last 10 of an actor's 20,000 events",
      against: "reading all 20,000, both in a stream of 200,000 messages",
      unit: "reads/s",
      goal: 20,
      repetitions,
      ours: { run: read(commits - 9, 10) },
      baseline: { run: read(0, commits) },
    },
  ];
}

/** Loading from a snapshot in a large stream, compared with a small stream. */
export async function snapshotRows(
  bench: JetStreamBench,
  { quick, repetitions }: Sizes,
): Promise<readonly Comparison[]> {
  const stores = { large: await bench.open("large"), small: await bench.open("small") };
  const sizes = { large: quick ? 100_000 : 1_000_000, small: 10_000 };
  const load = (store: JetStreamEventStore) => async (): Promise<number> => {
    const loads = quick ? 30 : 200;
    for (let time = 0; time < loads; time++) {
      const { events } = await store.load("hot");
      if (events.length !== 10) throw new Error(`loaded ${events.length} events, not 10`);
    }
    return loads;
  };
  for (const name of ["large", "small"] as const) {
    const store = stores[name];
    const eventsAfterSnapshot = 10;
    // The actor's first events are at the beginning of the stream, the snapshot and the later events at its end.
    for (let version = 1; version <= 100; version++) await store.saveEvent(sampleEvent("hot", version));
    await inFlight(sizes[name] / 50, 64, (index) =>
      store.saveEvents(Array.from({ length: 50 }, (_, each) => sampleEvent(`other-${index}`, each + 1))),
    );
    await store.saveSnapshot({ actorId: "hot", version: 100, state: { sum: 100 } });
    for (let version = 101; version <= 100 + eventsAfterSnapshot; version++) {
      await store.saveEvent(sampleEvent("hot", version));
    }
  }
  return [
    {
      name: "load from a snapshot, in a stream of 1,000,000 events",
      against: "a stream of 10,000 events",
      unit: "ms",
      goal: 1.3,
      lowerIsBetter: true,
      repetitions,
      ours: { run: load(stores.large) },
      baseline: { run: load(stores.small) },
    },
  ];
}

async function fill(store: JetStreamEventStore, actor: string, events: number, perCommit: number): Promise<void> {
  // Saves one after the other: the store would combine concurrent saves to an actor into one message.
  for (let version = 1; version <= events; version += perCommit) {
    const commit = Array.from({ length: perCommit }, (_, index) => sampleEvent(actor, version + index));
    await store.saveEvents(commit);
  }
}
