import type { Event, NewEvent } from "@aether/core";
import { isAetherError } from "@aether/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JetStreamEventStore } from "../src/index.ts";
import { eventSubject, floorStream, floorSubject } from "../src/subjects.ts";
import { clients, type TestClient } from "./support/clients.ts";
import { onOneServer } from "./support/open-stores.ts";
import { PurgeableStream } from "./support/purgeable-stream.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const actorId = "a-1";
const event = (version: number, id = `own-${version}`): NewEvent => ({
  actorId,
  version,
  eventType: "Tested",
  data: {},
  id,
  timestamp: "2026-01-01T00:00:00Z",
});
const TRUNCATED = "AETHER_HISTORY_TRUNCATED";

/** An event as readers should see it, and the sequence of its message. */
interface ModelEvent {
  readonly version: number;
  readonly id: string;
  readonly sequence: number;
}

type Step =
  | { readonly type: "save"; readonly count: number; readonly gap: number; readonly by: number }
  | { readonly type: "garbage" | "next" | "taken" | "gap" }
  | { readonly type: "noise" }
  | { readonly type: "expire"; readonly share: number }
  | { readonly type: "reopen" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("save" as const),
      count: fc.integer({ min: 1, max: 3 }),
      gap: fc.constantFrom(0, 0, 0, 1, 20),
      by: fc.nat(3),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom("garbage", "next", "taken", "gap") }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("noise" as const) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("expire" as const), share: fc.constantFrom(0.3, 0.6, 1) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("reopen" as const) }) },
);

const save = { type: "save", count: 1, gap: 0, by: 0 } as const;
const expire = { type: "expire", share: 0.3 } as const;
/** Sequences of steps that found faults. */
const found: readonly [Step[]][] = [
  [[save, save, expire, { type: "taken" }, { type: "gap" }, { type: "gap" }, save, { type: "noise" }]],
  [[{ type: "gap" }, expire, save, { type: "reopen" }, expire, { type: "garbage" }]],
];

/** An actor on a real stream, and a model of its history. */
class Actor {
  readonly #stream: PurgeableStream;
  #stores: readonly JetStreamEventStore[];
  #history: readonly ModelEvent[] = [];
  /** All events that another program published, including those that readers should skip. */
  readonly #foreign: ModelEvent[] = [];
  /** Sequences of all messages of the actor. */
  readonly #sequences: number[] = [];
  readonly #subject: string;
  #lastSequence = 0;
  #firstSequence = 1;
  #ownVersion = 0;

  private constructor(stream: PurgeableStream, stores: readonly JetStreamEventStore[]) {
    this.#stream = stream;
    this.#stores = stores;
    this.#subject = eventSubject(stream.name, actorId);
  }

  static async create(client: TestClient): Promise<Actor> {
    const stream = await PurgeableStream.create(await server.connect(client));
    return new Actor(stream, await Actor.#open(client, stream));
  }

  /** A store that refuses a truncated history, one that accepts it, and both without a cache. */
  static #open(client: TestClient, stream: PurgeableStream): Promise<readonly JetStreamEventStore[]> {
    const { name: streamName, connection } = stream;
    const retention = { streamRetention: stream.retentionMs, streamName };
    return Promise.all(
      [
        {},
        { truncatedHistory: "accept" } as const,
        { cacheSize: 0 },
        { cacheSize: 0, truncatedHistory: "accept" } as const,
      ].map((options) => server.open(client, { ...retention, ...options }, connection)),
    );
  }

  async run(step: Step, client: TestClient): Promise<void> {
    const latest = this.#history.at(-1)?.version ?? 0;
    if (step.type === "save") await this.#save(step.by, step.count, step.gap);
    else if (step.type === "garbage") await this.#publish("garbage");
    else if (step.type === "next") await this.#publishEvent(latest + 1);
    else if (step.type === "gap") await this.#publishEvent(latest + 7);
    else if (step.type === "taken") await this.#publishEvent(Math.max(1, latest - 1));
    else if (step.type === "noise") {
      const [store] = this.#stores;
      await store?.saveEvent({ ...event(1, crypto.randomUUID()), actorId: crypto.randomUUID() });
      this.#lastSequence++;
    } else if (step.type === "expire") {
      const count = this.#lastSequence - this.#firstSequence + 1;
      this.#firstSequence += Math.ceil(count * step.share);
      await this.#stream.removeBefore(this.#firstSequence);
      if (this.#ownVersion === 0) this.#forgetExpired();
    } else {
      await Promise.all(this.#stores.map((store) => store.close()));
      this.#stores = await Actor.#open(client, this.#stream);
    }
  }

  /** Saves after the latest version, as an application does. The version must be above all used ones. */
  async #save(by: number, count: number, gap: number): Promise<void> {
    const store = this.#stores[by] as JetStreamEventStore;
    const isNew = this.#history.length === 0 && gap === 0;
    const first = (isNew ? 0 : await store.getLatestVersion(actorId)) + 1 + gap;
    const saveFrom = async (version: number): Promise<void> => {
      await store.saveEvents(Array.from({ length: count }, (_, index) => event(version + index)));
      expect(version).toBeGreaterThan(this.#usedVersion);
      this.#lastSequence++;
      this.#sequences.push(this.#lastSequence);
      // Floors do not include events from other programs, so their versions can be used again after they have expired.
      this.#history = this.#history.filter((each) => each.version < version);
      for (let each = version; each < version + count; each++) {
        this.#history = [...this.#history, { version: each, id: `own-${each}`, sequence: this.#lastSequence }];
        this.#ownVersion = each;
      }
    };
    try {
      await saveFrom(first);
    } catch (error) {
      // A store that is not the last writer finds out that its idea of the latest version is outdated.
      if (!isAetherError(error, "AETHER_VERSION_CONFLICT")) throw error;
      await saveFrom(error.currentVersion + 1);
    }
  }

  /** As long as no store has committed events, nothing remains of expired ones. Their versions can be used again. */
  #forgetExpired(): void {
    this.#history = [];
    for (const each of this.#foreign) {
      if (each.sequence >= this.#firstSequence && each.version > (this.#history.at(-1)?.version ?? 0))
        this.#history = [...this.#history, each];
    }
  }

  /** The highest version that any store could know about. */
  get #usedVersion(): number {
    const visible = this.#history.findLast(({ sequence }) => sequence >= this.#firstSequence);
    return Math.max(this.#ownVersion, visible?.version ?? 0);
  }

  async #publishEvent(version: number): Promise<void> {
    const id = `foreign-${this.#foreign.length}`;
    await this.#publish(JSON.stringify(event(version, id)));
    const published = { version, id, sequence: this.#lastSequence };
    this.#foreign.push(published);
    if (version > (this.#history.at(-1)?.version ?? 0)) this.#history = [...this.#history, published];
  }

  async #publish(payload: string): Promise<void> {
    this.#lastSequence = await this.#stream.raw.publish(this.#subject, payload);
    this.#sequences.push(this.#lastSequence);
  }

  /** Checks all reads of all stores. */
  async check(): Promise<void> {
    for (const [index, store] of this.#stores.entries()) {
      const latest = await store.getLatestVersion(actorId);
      expect(latest).toBeGreaterThanOrEqual(this.#usedVersion);
      if (!this.#hasExpired) expect(latest).toBe(this.#usedVersion);
      if (index % 2 === 1) continue;
      const froms = [0, 2, this.#history.at(-1)?.version ?? 0, latest + 1];
      for (const from of froms) await this.#checkRead(from, () => store.getEvents(actorId, from));
      await this.#checkRead(0, async () => (await store.load(actorId)).events);
      await this.#checkRead(0, async () => {
        const found: Event[] = [];
        for await (const each of store.readEvents(actorId)) found.push(each);
        return found;
      });
      await this.#checkRead(0, async () => {
        const found: Event[] = [];
        for await (const each of store.readEvents(actorId, { direction: "backward" })) found.unshift(each);
        return found;
      });
    }
  }

  /** True if a message of the actor has expired. */
  get #hasExpired(): boolean {
    return (this.#sequences[0] ?? Number.MAX_SAFE_INTEGER) < this.#firstSequence;
  }

  /** A read returns all events of its range, or reports that some have expired. */
  async #checkRead(from: number, read: () => Promise<readonly Event[]>): Promise<void> {
    const expected = this.#history.filter(({ version }) => version >= from).map(({ version, id }) => ({ version, id }));
    let found: readonly Event[];
    try {
      found = await read();
    } catch (error) {
      if (!isAetherError(error, TRUNCATED)) throw error;
      expect(this.#mayReportExpiry, `unexpected ${TRUNCATED} from ${from}`).toBe(true);
      return;
    }
    const actual = found.map(({ version, id }) => ({ version, id }));
    // Without a commit of a store, no floor remains. A read from a later version may find no events at all.
    const isUndetectable = this.#hasExpired && (this.#ownVersion === 0 || (from > 1 && actual.length === 0));
    if (!isUndetectable) expect(actual, `from ${from}`).toEqual(expected);
  }

  /** True if a store may assume that events have expired. Another program may have begun with a later version. */
  get #mayReportExpiry(): boolean {
    const [first] = this.#history;
    const isOwn = first === undefined || first.id.startsWith("own");
    return this.#hasExpired || (!isOwn && first.version > 1 && this.#firstSequence > 1);
  }
}

describe.each(clients)("messages from other programs and expiry, through $client", (client) => {
  test("no version is used twice, and no partial history looks complete, in any order of steps", async () => {
    const steps = fc.array(step, { minLength: 3, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const actor = await Actor.create(client);
        for (const each of all) {
          await actor.run(each, client);
          await actor.check();
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 8), examples: [...found] },
    );
  }, 60_000);

  /** Stores on a purgeable stream, one of which stays open while the others have an empty cache. */
  const opened = async () => {
    const stream = await PurgeableStream.create(await server.connect(client));
    const options = { streamName: stream.name, streamRetention: stream.retentionMs };
    const open = (more = {}) => server.open(client, { ...options, ...more }, stream.connection);
    return { stream, warm: await open(), open, subject: eventSubject(stream.name, actorId) };
  };
  const collect = async (events: AsyncIterable<Event>): Promise<readonly Event[]> => {
    const found: Event[] = [];
    for await (const each of events) found.push(each);
    return found;
  };

  test.each([
    ["is not an event", "garbage"],
    ["has a version that is taken", JSON.stringify(event(2, "foreign"))],
  ])("a message that %s does not hide that all events have expired", async (_, payload) => {
    const { stream, warm, open, subject } = await opened();
    await warm.saveEvents([1, 2, 3].map((version) => event(version)));
    await stream.removeBefore(2);
    await stream.raw.publish(subject, payload);
    for (const store of [warm, await open(), await open({ cacheSize: 0 })]) {
      const truncated = { code: TRUNCATED };
      await expect(store.getEvents(actorId)).rejects.toMatchObject(truncated);
      await expect(store.getEventsWithErrors(actorId)).rejects.toMatchObject(truncated);
      await expect(store.load(actorId)).rejects.toMatchObject(truncated);
      await expect(collect(store.readEvents(actorId))).rejects.toMatchObject(truncated);
      await expect(collect(store.readEvents(actorId, { direction: "backward" }))).rejects.toMatchObject(truncated);
      expect(await store.getLatestVersion(actorId)).toBe(16);
      const conflict = { code: "AETHER_VERSION_CONFLICT", currentVersion: 16, sameEvent: false };
      await expect(store.saveEvent(event(1))).rejects.toMatchObject(conflict);
      await expect(store.saveEvent(event(16))).rejects.toMatchObject(conflict);
    }
    const accepting = await open({ truncatedHistory: "accept" });
    await accepting.getEvents(actorId);
    await expect(accepting.saveEvent(event(3))).rejects.toMatchObject({ currentVersion: 16 });
    await accepting.saveEvent(event(17));
    await expect(warm.getEvents(actorId)).rejects.toMatchObject({ code: TRUNCATED });
    expect((await warm.getEvents(actorId, 17)).map(({ version }) => version)).toEqual([17]);
  });

  test("snapshots of expired actors work as without messages from other programs", async () => {
    const { stream, warm, open, subject } = await opened();
    await warm.saveEvents([1, 2, 3].map((version) => event(version)));
    await warm.saveSnapshot({ actorId, version: 3, state: { sum: 6 } });
    await stream.removeBefore(2);
    await stream.raw.publish(subject, "garbage");
    for (const store of [warm, await open(), await open({ cacheSize: 0 })]) {
      expect(await store.load(actorId)).toMatchObject({ snapshot: { version: 3 }, events: [] });
      for (const version of [2, 16])
        await expect(store.saveSnapshot({ actorId, version, state: {} })).rejects.toMatchObject({ code: TRUNCATED });
      const above = { code: "AETHER_INVALID_ARGUMENT", argument: "snapshot.version" };
      await expect(store.saveSnapshot({ actorId, version: 17, state: {} })).rejects.toMatchObject(above);
    }
    await warm.saveEvent(event(17));
    for (const store of [warm, await open()])
      await expect(store.load(actorId)).rejects.toMatchObject({ code: TRUNCATED, firstVersion: 17 });
    await warm.saveSnapshot({ actorId, version: 17, state: { sum: 23 } });
    expect(await (await open()).load(actorId)).toMatchObject({ snapshot: { version: 17 }, events: [] });
  });

  test("a message that is not an event, before the actor's first event, does not look like expiry", async () => {
    const { stream, warm, open, subject } = await opened();
    await stream.raw.publish(subject, "garbage");
    await warm.saveEvent(event(5));
    await stream.raw.publish(subject, "garbage");
    for (const store of [warm, await open(), await open({ cacheSize: 0 })]) {
      expect((await store.getEvents(actorId)).map(({ version }) => version)).toEqual([5]);
      expect(await store.getLatestVersion(actorId)).toBe(5);
    }
  });

  test.each([
    ["all", "forward", 2_501],
    ["all", "backward", 2_501],
    ["some", "forward", 2_400],
    ["some", "backward", 2_400],
  ] as const)("if %s events expire during a read, a %s read reports it", async (_, direction, removed) => {
    const { stream, warm, subject } = await opened();
    const publishing = Array.from({ length: 2_500 }, (_, index) =>
      stream.raw.publish(subject, JSON.stringify(event(index + 1)), {
        "Nats-Expected-Last-Subject-Sequence": String(index),
        "Aether-Versions": `${index + 1}-${index + 1}/1`,
      }),
    );
    await Promise.all(publishing);
    const versions: number[] = [];
    const read = async (): Promise<void> => {
      for await (const { version } of warm.readEvents(actorId, { direction })) {
        versions.push(version);
        if (versions.length === 1) await stream.removeBefore(removed);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: TRUNCATED });
    expect(versions.length).toBeLessThan(2_500);
  });

  test("a version floor that another program has overwritten does not make versions available again", async () => {
    const { stream, warm, open } = await opened();
    const floors = new RawStream(stream.connection, floorStream(stream.name));
    await warm.saveEvent(event(1));
    await floors.publish(floorSubject(stream.name, actorId), "garbage");
    const next = await open();
    await next.getEvents(actorId);
    await next.saveEvent(event(2)); // writes the floor again
    await stream.removeBefore(3);
    expect(await (await open()).getLatestVersion(actorId)).toBe(16);
    await floors.publish(floorSubject(stream.name, actorId), "{}");
    const unavailable = { code: "AETHER_STORE_UNAVAILABLE", reason: expect.stringContaining("another program") };
    for (const store of [warm, await open()]) {
      await expect(store.getLatestVersion(actorId)).rejects.toMatchObject(unavailable);
      await expect(store.getEvents(actorId)).rejects.toMatchObject(unavailable);
      await expect(store.saveEvent(event(1))).rejects.toMatchObject(unavailable);
    }
    await floors.publish(floorSubject(stream.name, actorId), '{"floor":8}');
    expect(await warm.getLatestVersion(actorId)).toBe(8);
  });
});
