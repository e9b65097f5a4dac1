import type { NewEvent } from "@aether/core";
import { describe, expect, test } from "vitest";
import { eventSubject } from "../src/subjects.ts";
import { clients } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const actorId = "a-1";
const event = (version: number, data: object = {}): NewEvent => ({ actorId, version, eventType: "Tested", data });
const foreign = (version: number, data: string): string =>
  JSON.stringify({ ...event(version), id: "f", timestamp: "2026-01-01T00:00:00Z" }).replace("{}", data);
const filled = (text: string, bytes: number): string => text.repeat(Math.floor(bytes / text.length));

const MEGABYTE = 1_000_000;

describe.each(clients)("messages from other programs, through $client", (client) => {
  test.each([
    ["200,000 zeros", `[${"0,".repeat(199_999)}0]`, 1],
    ["330,000 empty objects", `[${filled("{},", MEGABYTE - 10)}0]`, 1],
    [
      "20,000 objects that resemble events",
      `[${filled('{"id":"a","eventType":"b","actorId":"a-1","version":1},', MEGABYTE - 10)}0]`,
      1,
    ],
    ["brackets", filled("[", MEGABYTE), 1],
    ["nested arrays", filled("[", MEGABYTE / 2) + filled("]", MEGABYTE / 2), 1],
    ["nested objects", `${filled('{"a":', MEGABYTE / 2)}0${"}".repeat(MEGABYTE / 10)}`, 1],
    ["unclosed objects", filled('{"a":', MEGABYTE), 1],
    ["an object with many keys", `{${Array.from({ length: 80_000 }, (_, index) => `"k${index}":0`).join(",")}}`, 1],
    ["a long string", `"${filled("x", MEGABYTE - 10)}"`, 1],
    ["a long number", filled("9", MEGABYTE), 1],
    ["many numbers", `[${filled("12345678901234567,", MEGABYTE - 100)}0]`, 1],
    ["an event with deeply nested data", foreign(2, `{"a":${filled("[", 400_000)}${filled("]", 400_000)}}`), 1],
    ["an event with 300,000 numbers", foreign(2, `{"numbers":[${"0,".repeat(299_999)}0]}`), 0],
  ])("%s: one message is at most one error, and hides no event", async (_, payload, errors) => {
    const connection = await server.connect(client);
    const store = await server.open(client, { ackTimeoutMs: 5_000 }, connection);
    await store.saveEvent(event(1));
    await new RawStream(connection, store.streamName).publish(eventSubject(store.streamName, actorId), payload);
    const fresh = await server.open(client, { streamName: store.streamName, ackTimeoutMs: 5_000 }, connection);
    const found = await fresh.getEventsWithErrors(actorId);
    expect(found.errors).toHaveLength(errors);
    expect(found.events.map(({ version }) => version)).toEqual(errors === 0 ? [1, 2] : [1]);
    await store.saveEvent(event(3));
    expect((await fresh.getEvents(actorId, 3)).map(({ version }) => version)).toEqual([3]);
  });

  test("1,000 malformed messages are fetched from the leader once, not in every read", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 5_000 }, connection);
    const raw = new RawStream(connection, store.streamName);
    const garbage = filled("x", 1_000);
    await store.saveEvent(event(1));
    await Promise.all(
      Array.from({ length: 1_000 }, () => raw.publish(eventSubject(store.streamName, actorId), garbage)),
    );
    const read = async (): Promise<number> => {
      const before = connection.sent.length;
      const { events, errors } = await store.getEventsWithErrors(actorId);
      expect([events.length, errors.length]).toEqual([1, 1_000]);
      return connection.sent.slice(before).filter((subject) => subject.includes("STREAM.MSG.GET")).length;
    };
    expect(await read()).toBeLessThan(1_010);
    expect(await read()).toBeLessThan(10);
  });
});
