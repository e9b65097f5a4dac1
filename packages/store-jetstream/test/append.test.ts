import { isAetherError, type NewEvent, type VersionConflictError } from "@aether/core";
import { describe, expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const event = (version: number, more: Partial<NewEvent> = {}): NewEvent => ({
  actorId: "order-1",
  version,
  eventType: "Tested",
  data: { n: version },
  ...more,
});
const conflictOf = (work: Promise<unknown>): Promise<VersionConflictError> =>
  work.then(
    () => Promise.reject(new Error("it was stored")),
    (error: unknown) => (isAetherError(error, "AETHER_VERSION_CONFLICT") ? error : Promise.reject(error)),
  );
const versionsOf = (events: readonly { readonly version: number }[]): readonly number[] =>
  events.map(({ version }) => version);

describe.each(clients)("appending through $client", (client) => {
  test("saves that wait for one actor share commits, keep their order, and each has its own receipt", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    const count = 200;
    const receipts = await Promise.all(Array.from({ length: count }, (_, index) => store.saveEvent(event(index + 1))));
    expect(versionsOf(receipts)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    const positions = receipts.map(({ position }) => position);
    expect([...new Set(positions)].sort()).toEqual(positions);
    expect(versionsOf(await store.getEvents("order-1"))).toEqual(versionsOf(receipts));
    const commits = connection.sent.filter((subject) => subject.startsWith(store.streamName));
    expect(commits.length).toBeLessThanOrEqual(3);
  });

  test("concurrent saves of one version in one process: the first wins, the others get a conflict", async () => {
    const store = await server.open(client);
    const [first, ...others] = await Promise.allSettled(
      ["e1", "e2", "e3"].map((id) => store.saveEvent(event(1, { id }))),
    );
    expect(first).toMatchObject({ status: "fulfilled", value: { id: "e1" } });
    const conflict = { code: "AETHER_VERSION_CONFLICT", currentVersion: 1, sameEvent: false };
    expect(others).toMatchObject([{ reason: conflict }, { reason: conflict }]);
    expect((await store.getEvents("order-1")).map(({ id }) => id)).toEqual(["e1"]);
  });

  test("the next save detects the events of another store, and the conflict has the true version", async () => {
    const [one, other] = [await server.open(client), await server.open(client)];
    const shared = await server.open(client, { streamName: newStreamName() });
    const second = await server.open(client, { streamName: shared.streamName });
    await shared.saveEvent(event(1));
    for (const version of [2, 3, 4]) await second.saveEvent(event(version));
    expect(await conflictOf(shared.saveEvent(event(2)))).toMatchObject({ attemptedVersion: 2, currentVersion: 4 });
    await shared.saveEvent(event(5));
    expect(shared.cacheStats.stale).toBe(1);
    expect(versionsOf(await second.getEvents("order-1"))).toEqual([1, 2, 3, 4, 5]);
    expect(await one.getLatestVersion("order-1")).toBe(0);
    expect(await other.getLatestVersion("order-1")).toBe(0);
  });

  test("a version above a stale cache entry and above the true version is accepted", async () => {
    const store = await server.open(client, { streamName: newStreamName() });
    const other = await server.open(client, { streamName: store.streamName });
    await store.saveEvent(event(1));
    await other.saveEvent(event(2));
    await store.saveEvent(event(9));
    expect(versionsOf(await store.getEvents("order-1"))).toEqual([1, 2, 9]);
  });

  test("a conflict has the latest version, even if the leader had answered before the save began", async () => {
    const writer = await server.open(client, { streamName: newStreamName() });
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { streamName: writer.streamName }, connection);
    await writer.saveEvent(event(1));
    await writer.saveEvent(event(2));
    let answer: Uint8Array | undefined;
    connection.rewrite = (message) => {
      answer ??= message.data;
      return message;
    };
    await conflictOf(store.saveEvent(event(2)));
    await writer.saveEvent(event(3));

    const late = new LossyConnection(await server.connect(client));
    const second = await server.open(client, { streamName: writer.streamName }, late);
    let conflict: Promise<VersionConflictError> | undefined;
    late.rewrite = (message) => {
      if (conflict !== undefined) return message;
      conflict = conflictOf(second.saveEvent(event(2)));
      return Object.create(message, { data: { value: answer } }) as typeof message;
    };
    await conflictOf(second.saveEvent(event(2)));
    expect(await conflict).toMatchObject({ currentVersion: 3 });
  });

  test("sameEvent is exact for old versions, for events in larger commits, and for batches as a whole", async () => {
    const store = await server.open(client);
    const batch = [1, 2, 3].map((version) => event(version, { id: `e${version}` }));
    await store.saveEvents(batch);
    for (let version = 4; version <= 150; version++) await store.saveEvent(event(version, { id: `e${version}` }));
    const same = async (work: Promise<unknown>): Promise<boolean> => (await conflictOf(work)).sameEvent;
    expect(await same(store.saveEvent(event(150, { id: "e150" })))).toBe(true);
    expect(await same(store.saveEvent(event(77, { id: "e77" })))).toBe(true);
    expect(await same(store.saveEvent(event(2, { id: "e2" })))).toBe(true);
    expect(await same(store.saveEvents(batch))).toBe(true);
    expect(await same(store.saveEvents([3, 4, 5].map((version) => event(version, { id: `e${version}` }))))).toBe(true);
    expect(await same(store.saveEvent(event(77, { id: "other" })))).toBe(false);
    expect(await same(store.saveEvents([event(1, { id: "e1" }), event(2, { id: "other" })]))).toBe(false);
    expect(await same(store.saveEvents([event(150, { id: "e150" }), event(151, { id: "new" })]))).toBe(false);
  });

  test("an event or a batch that does not fit into a message is rejected before anything is sent", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    const limitBytes = connection.info?.max_payload ?? 0;
    const before = connection.sent.length;
    const half = "x".repeat(limitBytes / 2);
    const tooLarge = { code: "AETHER_EVENT_TOO_LARGE", actorId: "order-1", limitBytes };
    await expect(store.saveEvent(event(1, { data: { half, more: half } }))).rejects.toMatchObject(tooLarge);
    const batch = [event(1, { data: { half } }), event(2, { data: { half } })];
    await expect(store.saveEvents(batch)).rejects.toMatchObject(tooLarge);
    expect(connection.sent.length).toBe(before);
    await Promise.all(batch.map((each) => store.saveEvent(each)));
    expect(versionsOf(await store.getEvents("order-1"))).toEqual([1, 2]);
  });

  test("the largest event that is accepted is stored, and read back identical", async () => {
    const store = await server.open(client);
    const limitBytes = 1_048_576;
    let size = limitBytes - 600;
    let stored = 0;
    for (const step of [256, 64, 16, 4, 1]) {
      for (let misses = 0; misses < 1; ) {
        const id = crypto.randomUUID();
        const data = { text: "x".repeat(size + step) };
        try {
          await store.saveEvent({ actorId: "big", version: stored + 1, eventType: "T", data, id });
          stored++;
          size += step;
        } catch (error) {
          if (!isAetherError(error, "AETHER_EVENT_TOO_LARGE")) throw error;
          misses++;
        }
      }
    }
    const events = await store.getEvents("big");
    expect(events).toHaveLength(stored);
    expect(events.at(-1)?.data).toEqual({ text: "x".repeat(size) });
  });

  test("invalid actor ids are rejected before anything is sent: lone surrogates, and ids over the limit", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    const before = connection.sent.length;
    const invalid = (path: string): object => ({ code: "AETHER_INVALID_EVENT", path });
    await expect(store.saveEvent(event(1, { actorId: "a\ud800" }))).rejects.toMatchObject(invalid("actorId"));
    await expect(store.saveEvent(event(1, { actorId: "é".repeat(400) }))).rejects.toMatchObject(invalid("actorId"));
    const batch = [event(1, { actorId: "x".repeat(2_000) })];
    await expect(store.saveEvents(batch)).rejects.toMatchObject(invalid("[0].actorId"));
    const argument = { code: "AETHER_INVALID_ARGUMENT", argument: "actorId" };
    await expect(store.getEvents("x".repeat(2_000))).rejects.toMatchObject(argument);
    await expect(store.getLatestVersion("\udc00")).rejects.toMatchObject(argument);
    expect(connection.sent.length).toBe(before);
  });

  test("hostile actor ids reach only their own subject", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    const ids = ["*", ">", "a.>", "$JS.API.STREAM.PURGE.x", "a b", "a\r\nPUB x 0\r\n", "\u0000", "💥"];
    const before = connection.sent.length;
    for (const actorId of ids) await store.saveEvent(event(1, { actorId, data: { actorId } }));
    const sent = connection.sent.slice(before);
    expect(new Set(sent).size).toBe(ids.length);
    for (const subject of sent) expect(subject.split(".").slice(0, 2)).toEqual([store.streamName, "events"]);
    for (const actorId of ids) expect((await store.getEvents(actorId)).map(({ data }) => data)).toEqual([{ actorId }]);
  });

  test("a warm save, and the first save of an actor, need one message; a cold save needs two", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    const other = await server.open(client, { streamName: store.streamName });
    const messagesOf = async (work: () => Promise<unknown>): Promise<number> => {
      const before = connection.sent.length;
      await work();
      return connection.sent.length - before;
    };
    expect(await messagesOf(() => store.saveEvent(event(1)))).toBe(1);
    expect(await messagesOf(() => store.saveEvent(event(2)))).toBe(1);
    await other.saveEvent(event(1, { actorId: "cold" }));
    expect(await messagesOf(() => store.saveEvent(event(2, { actorId: "cold" })))).toBe(2);
    expect(store.cacheStats).toMatchObject({ entries: 2, hits: 1, misses: 2 });
  });

  test("a conflict asks the leader once, whichever event has the version", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    const other = await server.open(client, { streamName: store.streamName });
    const requestsOf = async (work: () => Promise<unknown>): Promise<number> => {
      let count = 0;
      connection.outgoing = (_, payload) => {
        if (payload.includes("last_by_subj")) count++;
        return "pass";
      };
      await work();
      return count;
    };
    await store.saveEvent(event(1));
    for (let version = 2; version <= 300; version++) await other.saveEvent(event(version));
    // The cached version is outdated, so the server rejects the commit.
    expect(await requestsOf(() => conflictOf(store.saveEvent(event(2))))).toBe(1);
    await other.saveEvent(event(301));
    expect(await requestsOf(() => conflictOf(store.saveEvent(event(301))))).toBe(1);
    // The cached version is enough to reject the save.
    expect(await requestsOf(() => conflictOf(store.saveEvent(event(301))))).toBe(1);
  });

  test("reading an actor makes its next save warm", async () => {
    const store = await server.open(client);
    await store.saveEvent(event(1));
    const connection = new LossyConnection(await server.connect(client));
    const reader = await server.open(client, { streamName: store.streamName }, connection);
    await reader.getEvents("order-1");
    const before = connection.sent.length;
    await reader.saveEvent(event(2));
    expect(connection.sent.length - before).toBe(1);
  });

  test("saves, conflicts and reads are correct without a cache", async () => {
    const store = await server.open(client, { cacheSize: 0 });
    for (const version of [1, 2, 3]) await store.saveEvent(event(version));
    expect(await conflictOf(store.saveEvent(event(3)))).toMatchObject({ currentVersion: 3 });
    expect(versionsOf(await store.getEvents("order-1"))).toEqual([1, 2, 3]);
  });

  test("many actors are saved at once with few commits in flight", async () => {
    const store = await server.open(client, { maxInFlight: 3 });
    const actors = Array.from({ length: 100 }, (_, index) => `actor-${index}`);
    await Promise.all(
      actors.flatMap((actorId) => [1, 2].map((version) => store.saveEvent(event(version, { actorId })))),
    );
    for (const actorId of actors) expect(await store.getLatestVersion(actorId)).toBe(2);
  });

  test("a save far ahead that other writers keep overtaking rejects with AETHER_CONTENTION", async () => {
    const plain = await server.connect(client);
    const connection = new LossyConnection(plain);
    const store = await server.open(client, {}, connection);
    const subject = `${store.streamName}.events.d.order.order-1`;
    let overtaken = 0;
    connection.outgoing = (sent) => {
      const other = { ...event(++overtaken), id: `other-${overtaken}`, timestamp: "2026-01-01T00:00:00Z" };
      if (sent === subject) plain.publish(subject, new TextEncoder().encode(JSON.stringify(other)));
      return "pass";
    };
    const contention = { code: "AETHER_CONTENTION", actorId: "order-1", attempts: 21 };
    await expect(store.saveEvent(event(1_000_000))).rejects.toMatchObject(contention);
    connection.outgoing = () => "pass";
    expect((await store.getEvents("order-1")).every(({ id }) => id.startsWith("other-"))).toBe(true);
    await store.saveEvent(event(1_000_000));
  });

  test("the stored messages are plain JSON, with their versions in a header", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    const whole = event(1, { id: "e1", timestamp: "2026-01-01T00:00:00Z", metadata: { userId: "u" } });
    await store.saveEvent(whole);
    await store.saveEvents(
      [2, 4].map((version) => event(version, { id: `e${version}`, timestamp: "2026-01-01T00:00:00Z" })),
    );
    const stored = await new RawStream(connection, store.streamName).messages(
      `${store.streamName}.events.d.order.order-1`,
    );
    expect(stored.map(({ data }) => data)).toEqual([
      '{"id":"e1","eventType":"Tested","actorId":"order-1","version":1,"data":{"n":1},"metadata":{"userId":"u"},' +
        '"timestamp":"2026-01-01T00:00:00Z"}',
      '[{"id":"e2","eventType":"Tested","actorId":"order-1","version":2,"data":{"n":2},' +
        '"timestamp":"2026-01-01T00:00:00Z"},' +
        '{"id":"e4","eventType":"Tested","actorId":"order-1","version":4,"data":{"n":4},' +
        '"timestamp":"2026-01-01T00:00:00Z"}]',
    ]);
    expect(stored.map(({ headers }) => /Aether-Versions: (.*)\r\n/.exec(headers)?.[1])).toEqual(["1-1/1", "2-4/2"]);
  });
});
