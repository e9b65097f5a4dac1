import type { Event, NewEvent } from "@aether/core";
import type { NatsMessage } from "@aether/nats";
import { describe, expect, test } from "vitest";
import { eventSubject } from "../src/subjects.ts";
import { clients } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const actorId = "a-1";
const event = (version: number): NewEvent => ({ actorId, version, eventType: "Tested", data: {}, id: `e${version}` });
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const versionsOf = (events: readonly Event[]): readonly number[] => events.map(({ version }) => version);
const decoder = new TextDecoder();
const textOf = ({ data }: NatsMessage): string => decoder.decode(data);

/** Damages a message like a client that mixes the bytes of two connections. The length stays the same. */
function damaged({ subject, reply, headers, data }: NatsMessage): NatsMessage {
  const bytes = data.slice();
  bytes.set(new TextEncoder().encode("PONG\r\n"), Math.floor(bytes.length / 2));
  return {
    subject,
    data: bytes,
    ...(reply === undefined ? {} : { reply }),
    ...(headers === undefined ? {} : { headers }),
  };
}

describe.each(clients)("damaged messages, through $client", (client) => {
  const opened = async (options = {}) => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 3_000, ...options }, connection);
    let damages = 0;
    const damage = (matches: (message: NatsMessage) => boolean, limit = 1): void => {
      connection.rewrite = (message) =>
        damages < limit && matches(message) && ++damages > 0 ? damaged(message) : message;
    };
    const { streamName } = store;
    const fresh = () => server.open(client, { streamName, ackTimeoutMs: 3_000, ...options }, connection);
    return { connection, store, fresh, damage, damages: () => damages };
  };
  /** Matches the delivery of one of the versions, by a consumer or a direct get. An answer in base64 does not match. */
  const holds =
    (...versions: readonly number[]) =>
    (message: NatsMessage): boolean =>
      versions.some((version) => textOf(message).includes(`"id":"e${version}"`));

  test.each([7, 150])("damaged events among %i are fetched from the leader, not skipped or reported", async (count) => {
    const { store, fresh, damage, damages } = await opened();
    for (const version of range(count)) await store.saveEvent(event(version));
    damage(holds(3, 5, count), 3);
    expect(versionsOf(await (await fresh()).getEvents(actorId))).toEqual(range(count));
    expect(damages()).toBe(3);
  });

  test("a record that is malformed in the stream is still reported", async () => {
    const { connection, store, fresh, damage, damages } = await opened();
    await store.saveEvent(event(1));
    await new RawStream(connection, store.streamName).publish(eventSubject(store.streamName, actorId), "no JSON");
    await store.saveEvent(event(2));
    damage(holds(2));
    const { events, errors } = await (await fresh()).getEventsWithErrors(actorId);
    expect(versionsOf(events)).toEqual([1, 2]);
    expect(errors.map(({ raw }) => raw)).toEqual([new TextEncoder().encode("no JSON")]);
    expect(damages()).toBe(1);
  });

  test("the latest version is not computed from damaged messages", async () => {
    const { connection, store, fresh, damage, damages } = await opened();
    await store.saveEvent(event(1));
    const raw = new RawStream(connection, store.streamName);
    for (const version of [2, 1]) {
      const foreign = JSON.stringify({ ...event(version), timestamp: "2026-01-01T00:00:00Z" });
      await raw.publish(eventSubject(store.streamName, actorId), foreign);
    }
    damage(holds(2));
    expect(await (await fresh()).getLatestVersion(actorId)).toBe(2);
    expect(damages()).toBe(1);
  });

  test("a commit with an unreadable acknowledgement is found to be stored, once", async () => {
    const { store, damage, damages } = await opened();
    await store.saveEvent(event(1));
    damage((message) => textOf(message).includes('"seq":'));
    await store.saveEvent(event(2));
    await store.saveEvent(event(3));
    expect(damages()).toBe(1);
    expect(versionsOf(await store.getEvents(actorId))).toEqual([1, 2, 3]);
  });

  test.each(["null", "{}", '{"seq":"2"}', "+OK"])("the acknowledgement %s leaves the outcome unknown", async (text) => {
    const { connection, store } = await opened({ ackTimeoutMs: 200 });
    await store.saveEvent(event(1));
    const data = new TextEncoder().encode(text);
    connection.rewrite = (message) =>
      message.subject.startsWith("_INBOX.") ? { subject: message.subject, data } : message;
    await expect(store.saveEvent(event(2))).rejects.toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN" });
    connection.rewrite = (message) => message;
    await expect(store.saveEvent(event(2))).rejects.toMatchObject({ sameEvent: true, currentVersion: 2 });
    expect(versionsOf(await store.getEvents(actorId))).toEqual([1, 2]);
  });

  test("an unreadable answer about the latest version is requested again", async () => {
    const { store, fresh, damage, damages } = await opened();
    await store.saveEvent(event(1));
    damage((message) => textOf(message).includes("get_response") || textOf(message).includes('"message":'));
    expect(await (await fresh()).getLatestVersion(actorId)).toBe(1);
    expect(damages()).toBe(1);
  });
});
