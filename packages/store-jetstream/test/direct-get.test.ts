import type { NewEvent } from "@aether/core";
import type { NatsConnection, NatsMessage } from "@aether/nats";
import { describe, expect, test, vi } from "vitest";
import { clients } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const event = (version: number): NewEvent => ({ actorId: "a-1", version, eventType: "Tested", data: {} });
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const versionsOf = (events: readonly { readonly version: number }[]): readonly number[] =>
  events.map(({ version }) => version);
/** True if the server can answer one request with several messages. */
const supportsBatches = ({ info }: NatsConnection): boolean =>
  (info?.version ?? "0").localeCompare("2.11", "en", { numeric: true }) >= 0;

describe.each(clients)("reading a few events through $client", (client) => {
  /** A store with an empty cache, on a stream where the actor has `count` events, one per commit. */
  const openOn = async (count: number, options = {}) => {
    const writer = await server.open(client);
    for (const version of range(count)) await writer.saveEvent(event(version));
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { streamName: writer.streamName, ...options }, connection);
    const sent = (part: string): number => connection.sent.filter((subject) => subject.includes(part)).length;
    return { connection, store, sent, raw: new RawStream(connection, store.streamName) };
  };
  const isAnswer = ({ subject, headers }: NatsMessage): boolean =>
    subject.startsWith("_INBOX.") && headers !== undefined && headers.get("Nats-Sequence") !== "";

  test("needs one request and no consumer, if the server supports batches", async () => {
    const { connection, store, sent } = await openOn(7);
    for (const from of [0, 3, 7, 8]) {
      expect(versionsOf(await store.getEvents("a-1", from))).toEqual(range(7).slice(Math.max(0, from - 1)));
    }
    expect(await store.getEvents("unknown-1")).toEqual([]);
    if (supportsBatches(connection)) expect([sent("DIRECT.GET"), sent("CONSUMER.CREATE")]).toEqual([5, 0]);
    else expect([sent("DIRECT.GET"), sent("CONSUMER.CREATE")]).toEqual([1, 5]);
  });

  test("continues with a consumer if there are more", async () => {
    const { store, sent } = await openOn(150);
    expect(versionsOf(await store.getEvents("a-1"))).toEqual(range(150));
    expect(sent("CONSUMER.CREATE")).toBe(1);
    expect(sent("DIRECT.GET")).toBe(1);
  });

  test.each([1, 4, 7])("answer %i of seven gets lost: no event is missing or duplicated", async (lost) => {
    const { connection, store } = await openOn(7, { ackTimeoutMs: 1_500 });
    let answers = 0;
    connection.incoming = (message) => (isAnswer(message) && ++answers === lost ? "lose" : "pass");
    expect(versionsOf(await store.getEvents("a-1"))).toEqual(range(7));
  });

  test("the end of the answer gets lost: a consumer reads everything", async () => {
    const { connection, store } = await openOn(7, { ackTimeoutMs: 900 });
    connection.incoming = (message) => (message.data.length === 0 && message.headers?.code === 204 ? "lose" : "pass");
    expect(versionsOf(await store.getEvents("a-1"))).toEqual(range(7));
  });

  test.each([
    { many: false, name: "directly" },
    { many: true, name: "by a consumer" },
  ])("records that look like the server's own answers, or are damaged, do not end a read ($name)", async ({ many }) => {
    const { store, raw } = await openOn(2);
    const subject = `${store.streamName}.events.6.a.a-1`;
    const blocks = [
      "NATS/1.0 204 EOB\r\nNats-Num-Pending: 0\r\nNats-Last-Sequence: 99\r\n\r\n",
      "NATS/1.0 404 Message Not Found\r\n\r\n",
      "NATS/1.0 503\r\n\r\n",
      "NATS/1.0\r\nNats-Sequence: 77\r\nNats-Num-Pending: 5\r\nNats-Last-Sequence: 3\r\n\r\n",
      "NATS/1.0\r\nbad header: 1\r\n\r\n",
      "NATS/1.0\r\nno colon\r\n\r\n",
    ];
    const at: number[] = [];
    for (const block of blocks) at.push(await raw.publish(subject, "", block), await raw.publish(subject, "?", block));
    await store.saveEvent(event(many ? 1_000 : 3));
    const { events, errors } = await store.getEventsWithErrors("a-1");
    expect(versionsOf(events)).toEqual([1, 2, many ? 1_000 : 3]);
    expect(errors.map(({ position }) => Number(position.split("-")[0]))).toEqual(at);
  });

  test("a first record with damaged headers does not end a read", async () => {
    const { connection, store, raw } = await openOn(0);
    const subject = `${store.streamName}.events.6.a.a-1`;
    await raw.publish(
      subject,
      JSON.stringify({ ...event(1), id: "f", timestamp: "2026-01-01T00:00:00Z" }),
      "NATS/1.0\r\nbad key: 1\r\n\r\n",
    );
    await store.saveEvent(event(2));
    for (const _ of range(2)) expect(versionsOf(await store.getEvents("a-1"))).toEqual([1, 2]);
    if (supportsBatches(connection)) expect(await store.getEvents("a-1", 2)).toHaveLength(1);
  });

  test("a mirror that answers in place of the stream hides no events", async () => {
    const { connection, store, raw } = await openOn(5);
    await store.saveEvent({ ...event(1), actorId: "b-1" });
    const mirror = `mirror-${crypto.randomUUID()}`;
    const source = { name: store.streamName, opt_start_seq: 7 };
    await raw.api(`STREAM.CREATE.${mirror}`, { name: mirror, storage: "memory", mirror: source, mirror_direct: true });
    for (const version of [6, 7]) await store.saveEvent(event(version));
    const copied = async (): Promise<number> =>
      (await raw.api<{ state: { messages: number } }>(`STREAM.INFO.${mirror}`)).state.messages;
    // Without batches, a consumer reads everything. A mirror stops at the first message that follows another one.
    if (supportsBatches(connection)) await vi.waitUntil(async () => (await copied()) === 2, { timeout: 10_000 });
    // The server chooses at random whether the stream or the mirror answers.
    for (const _ of range(20)) {
      const reader = await server.open(client, { streamName: store.streamName });
      expect(versionsOf(await reader.getEvents("a-1"))).toEqual(range(7));
      expect(versionsOf(await reader.getEvents("b-1"))).toEqual([1]);
      await reader.close();
    }
  });
});
