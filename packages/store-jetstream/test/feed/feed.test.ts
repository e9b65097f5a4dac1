import { partitionOf } from "@aether/store-kit";
import { describe, expect, test, vi } from "vitest";
import { eventSubject } from "../../src/subjects.ts";
import { clients } from "../support/clients.ts";
import { event, Follower, nameOf, readAll } from "../support/feed.ts";
import { LossyConnection } from "../support/lossy-connection.ts";
import { onOneServer } from "../support/open-stores.ts";
import { RawStream } from "../support/raw-stream.ts";

const server = onOneServer();

const consumersOf = async (raw: RawStream): Promise<number> =>
  (await raw.api<{ state: { consumer_count: number } }>("STREAM.INFO.{stream}")).state.consumer_count;

describe.each(clients)("the feed, through $client", (client) => {
  test("has the events of all actors, with the positions of their receipts, however they were saved", async () => {
    const store = await server.open(client);
    const saves = Array.from({ length: 600 }, (_, index) =>
      index % 3 === 0
        ? store.saveEvents([event(`batch-${index}`, 1), event(`batch-${index}`, 2), event(`batch-${index}`, 5)])
        : store.saveEvent(event(`order-${index % 7}`, Math.floor(index / 7) + 1)).then((receipt) => [receipt]),
    );
    const receipts = (await Promise.all(saves)).flat();
    const { events, last } = await readAll(store);
    expect(events.map(({ position }) => position)).toEqual(receipts.map(({ position }) => position).sort());
    expect(events.map(({ event: { id } }) => id).sort()).toEqual(receipts.map(({ id }) => id).sort());
    expect(last).toMatchObject({ isCaughtUp: true, position: events.at(-1)?.position });
    expect(await store.getLatestPosition()).toBe(last?.position);
    for (const index of [0, 1, 2, 100, 555, events.length - 1]) {
      const after = events[index]?.position;
      expect((await readAll(store, { after })).names).toEqual(events.slice(index + 1).map(nameOf));
    }
  });

  test("of one partition is read with one filter on the server, and a whole feed with none", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    const actors = Array.from({ length: 64 }, (_, index) => `order-${index}`);
    await Promise.all(actors.map((actorId) => store.saveEvent(event(actorId, 1))));
    connection.sent.length = 0;
    expect((await readAll(store)).events).toHaveLength(64);
    const { names, last } = await readAll(store, { partition: 11 });
    expect([...names].sort()).toEqual(
      actors
        .filter((actorId) => partitionOf(actorId) === 11)
        .map((actorId) => `${actorId}@1`)
        .sort(),
    );
    expect(last).toMatchObject({ isCaughtUp: true, position: await store.getLatestPosition() });
    const created = connection.sent.filter((subject) => subject.startsWith("$JS.API.CONSUMER.CREATE"));
    expect(created).toEqual([
      expect.stringMatching(/^\$JS\.API\.CONSUMER\.CREATE\.[^.]+\.[^.]+$/),
      expect.stringMatching(/^\$JS\.API\.CONSUMER\.CREATE\.[^.]+\.[^.]+\.[^.]+\.events\.b\.\*\.\*$/),
    ]);
  });

  test("a follower receives live events, each once, while many are saved", async () => {
    const store = await server.open(client);
    await store.saveEvent(event("early", 1));
    const follower = new Follower(store);
    await follower.until(({ pages }) => pages.at(-1)?.isCaughtUp === true);
    const names = ["early@1"];
    for (let version = 1; version <= 50; version++) {
      const saves = Array.from({ length: 20 }, (_, index) => store.saveEvent(event(`order-${index}`, version)));
      names.push(...Array.from({ length: 20 }, (_, index) => `order-${index}@${version}`));
      await Promise.all(saves);
    }
    await follower.received(names.length);
    await follower.until(({ pages }) => pages.at(-1)?.isCaughtUp === true);
    await follower.stop();
    expect([...follower.names].sort()).toEqual(names.sort());
    const positions = follower.events.map(({ position }) => position);
    expect(positions).toEqual([...positions].sort());
  });

  test("a page that has caught up has every event that was acknowledged before the page was requested", async () => {
    const store = await server.open(client);
    const acknowledged = new Set<string>();
    let running = true;
    const write = async (actorId: string): Promise<void> => {
      for (let version = 1; running; version++) {
        await store.saveEvent(event(actorId, version));
        acknowledged.add(`${actorId}@${version}`);
      }
    };
    const writers = Array.from({ length: 4 }, (_, index) => write(`order-${index}`));
    const delivered = new Set<string>();
    let caughtUp = 0;
    let before = [...acknowledged];
    for await (const page of store.readFeed({ follow: true })) {
      for (const stored of page.events) delivered.add(nameOf(stored));
      if (page.isCaughtUp) {
        caughtUp++;
        expect(before.filter((name) => !delivered.has(name))).toEqual([]);
      }
      if (caughtUp >= 10) break;
      before = [...acknowledged];
    }
    running = false;
    await Promise.all(writers);
  });

  test("an idle follower that skips events reports a new position at least once a second", async () => {
    const store = await server.open(client);
    const follower = new Follower(store, { partition: partitionOf("wanted") });
    await store.saveEvent(event("wanted", 1));
    await follower.received(1);
    const other = ["a", "b", "c"].find((id) => partitionOf(id) !== partitionOf("wanted")) ?? "";
    let running = true;
    const writing = (async () => {
      for (let version = 1; running; version++) await store.saveEvent(event(other, version));
    })();
    const times: number[] = [];
    for (let step = 0; step < 4; step++) {
      const position = follower.pages.at(-1)?.position ?? "";
      await follower.until(({ pages }) => (pages.at(-1)?.position ?? "") > position);
      times.push(performance.now());
    }
    running = false;
    await writing;
    await follower.stop();
    expect(follower.events).toHaveLength(1);
    expect(((times[3] ?? 0) - (times[0] ?? 0)) / 3).toBeLessThan(1_000);
  });

  test("the consumer is deleted when the loop is left, the signal is aborted, or the store is closed", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    const raw = new RawStream(connection, store.streamName);
    await store.saveEvent(event("a", 1));
    for await (const page of store.readFeed({ follow: true })) if (page.events.length > 0) break;
    await vi.waitUntil(async () => (await consumersOf(raw)) === 0);
    const follower = new Follower(store);
    await follower.received(1);
    expect(await consumersOf(raw)).toBe(1);
    await follower.stop();
    await vi.waitUntil(async () => (await consumersOf(raw)) === 0);
    const open = new Follower(store);
    await open.received(1);
    await store.close();
    await expect(open.done).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
    await vi.waitUntil(async () => (await consumersOf(raw)) === 0);
  });

  test("return() ends a read that waits for events", async () => {
    const store = await server.open(client);
    const iterator = store.readFeed({ follow: true })[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toMatchObject({ events: [], position: undefined, isCaughtUp: true });
    const waiting = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test("malformed records are reported as in a read of their actor, and do not stop the read", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    const raw = new RawStream(connection, store.streamName);
    const subject = eventSubject(store.streamName, "a");
    const foreign = (version: number, actorId = "a"): string =>
      JSON.stringify({ ...event(actorId, version), id: `${actorId}-${version}`, timestamp: "2026-01-01T00:00:00Z" });
    await raw.publish(subject, "no JSON");
    await store.saveEvent(event("a", 1));
    await raw.publish(subject, foreign(2));
    await raw.publish(subject, foreign(2));
    await raw.publish(subject, foreign(3, "b"));
    await raw.publish(`${store.streamName}.events.0.~.c`, foreign(1, "c"));
    await raw.publish(subject, `[${foreign(3)},{},${foreign(4)}]`);
    await raw.publish(subject, "");
    await raw.publish(subject, "[]");
    await store.saveEvent(event("a", 5));
    const { names, errors, last } = await readAll(store);
    const read = await store.getEventsWithErrors("a");
    expect(names).toEqual(read.events.map(({ version }) => `a@${version}`));
    expect(names).toEqual(["a@1", "a@2", "a@3", "a@4", "a@5"]);
    const ownErrors = errors.filter(({ raw: bytes }) => !new TextDecoder().decode(bytes).includes('"actorId":"c"'));
    expect(ownErrors.map(({ position }) => position)).toEqual(read.errors.map(({ position }) => position));
    expect(errors).toHaveLength(read.errors.length + 1);
    expect(last).toMatchObject({ isCaughtUp: true, position: await store.getLatestPosition() });
    const rest = await readAll(store, { after: errors.at(-1)?.position });
    expect(rest.names).toEqual(["a@5"]);
    // A read that starts later knows no earlier versions of the actor.
    const second = (await readAll(store)).events[1]?.position;
    expect((await readAll(store, { after: second })).names).toEqual(["a@3", "a@4", "a@5"]);
  });
});
