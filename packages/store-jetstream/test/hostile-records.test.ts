import type { Event, NewEvent } from "@aether/core";
import { describe, expect, test } from "vitest";
import type { JetStreamEventStore } from "../src/index.ts";
import { eventSubject, snapshotSubject } from "../src/subjects.ts";
import { clients, type TestClient } from "./support/clients.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const actorId = "order-1";
const event = (version: number, data: object = {}): NewEvent => ({ actorId, version, eventType: "Tested", data });
const foreign = (version: number): string =>
  JSON.stringify({ ...event(version), id: `f${version}`, timestamp: "2026-01-01T00:00:00Z" });
const versionsOf = (events: readonly Event[]): readonly number[] => events.map(({ version }) => version);

/**
 * A store with versions 1 to 3, a function that opens the stream with an empty cache, and direct access to the stream.
 */
async function opened(client: TestClient) {
  const connection = await server.connect(client);
  const store = await server.open(client, { ackTimeoutMs: 5_000 }, connection);
  await store.saveEvents([event(1), event(2)]);
  await store.saveEvent(event(3));
  const { streamName } = store;
  const fresh = () => server.open(client, { streamName, cacheSize: 0, ackTimeoutMs: 5_000 }, connection);
  return { store, fresh, raw: new RawStream(connection, streamName), subject: eventSubject(streamName, actorId) };
}

/** Checks that every kind of read returns these versions. */
async function expectVersions(store: JetStreamEventStore, versions: readonly number[]): Promise<void> {
  expect(versionsOf(await store.getEvents(actorId))).toEqual(versions);
  const backward: Event[] = [];
  for await (const each of store.readEvents(actorId, { direction: "backward" })) backward.unshift(each);
  expect(versionsOf(backward)).toEqual(versions);
  for (const from of [2, 3, 4, 5]) {
    expect(versionsOf(await store.getEvents(actorId, from))).toEqual(versions.filter((each) => each >= from));
  }
}

describe.each(clients)("hostile records, through $client", (client) => {
  test.each([
    ["looks like the end of a pull", "NATS/1.0 404 No Messages\r\n\r\n"],
    ["looks like a missing consumer", "NATS/1.0 503\r\n\r\n"],
    ["looks like a deleted consumer", "NATS/1.0 409 Consumer Deleted\r\n\r\n"],
    ["has a header that clients cannot decode", "NATS/1.0\r\nBad Key: x\r\n\r\n"],
    ["has invalid bytes in a header", "NATS/1.0\r\nKey\u00e9: \u0000\r\n\r\n"],
  ])("an empty record that %s is reported as malformed, and hides nothing", async (_, block) => {
    const { store, fresh, raw, subject } = await opened(client);
    await raw.publish(subject, "", block);
    await store.saveEvent(event(4));
    await raw.publish(subject, "", block);
    await expectVersions(await fresh(), [1, 2, 3, 4]);
    expect((await store.getEventsWithErrors(actorId)).errors).toHaveLength(2);
    await store.saveEvent(event(5));
    await expectVersions(await fresh(), [1, 2, 3, 4, 5]);
  });

  test("a record with a version that is already taken hides nothing, whatever its header says", async () => {
    for (const headers of [undefined, { "Aether-Versions": "1-1/1" }, { "Aether-Versions": "900-900/1" }]) {
      const { store, fresh, raw, subject } = await opened(client);
      await raw.publish(subject, foreign(1), headers);
      await expectVersions(await fresh(), [1, 2, 3]);
      expect(await (await fresh()).getLatestVersion(actorId)).toBe(3);
      await store.saveEvent(event(4));
      await raw.publish(subject, foreign(2), headers);
      await expectVersions(await fresh(), [1, 2, 3, 4]);
      await store.saveEvent(event(5));
      await expectVersions(await fresh(), [1, 2, 3, 4, 5]);
    }
  });

  test("malformed snapshots count as none", async () => {
    const { store, fresh, raw } = await opened(client);
    await store.saveSnapshot({ actorId, version: 1, state: {} });
    const whole = { actorId, version: 2, state: {}, timestamp: "2026-01-01T00:00:00Z", sequence: 1 };
    for (const broken of [
      { version: 0 },
      { version: -1 },
      { sequence: -1 },
      { state: [] },
      { timestamp: "now" },
      { actorId: "order-2" },
    ]) {
      await raw.publish(snapshotSubject(store.streamName, actorId), JSON.stringify({ ...whole, ...broken }));
      expect(await (await fresh()).getLatestSnapshot(actorId)).toBeUndefined();
      expect(versionsOf((await (await fresh()).load(actorId)).events)).toEqual([1, 2, 3]);
    }
  });
});
