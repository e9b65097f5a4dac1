import type { NewEvent } from "@aether/core";
import { findNatsServer } from "@aether/nats-testing";
import { describe, expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
/** Older servers check the expected sequence of each message again when they copy it. */
const copiesUnchecked = (await findNatsServer()).version.localeCompare("2.12.0", "en", { numeric: true }) >= 0;
const event = (version: number, actorId = "a-1"): NewEvent => ({ actorId, version, eventType: "Tested", data: {} });

/** Resolves once a stream has this number of messages. */
async function holds(raw: RawStream, stream: string, messages: number): Promise<void> {
  const count = async (): Promise<number> =>
    (await raw.api<{ state: { messages: number } }>(`STREAM.INFO.${stream}`)).state.messages;
  await expect.poll(count, { timeout: 10_000, interval: 20 }).toBe(messages);
}

/** Creates a mirror of the store's stream, and a stream that has it as its source. Both keep messages forever. */
async function copy(raw: RawStream, name: string): Promise<readonly string[]> {
  const copies = { mirror: { mirror: { name } }, sourced: { sources: [{ name }] } };
  const names: string[] = [];
  for (const [kind, config] of Object.entries(copies)) {
    const created = await raw.api<object>(`STREAM.CREATE.${kind}-${name}`, { name: `${kind}-${name}`, ...config });
    expect(created).not.toHaveProperty("error");
    names.push(`${kind}-${name}`);
  }
  return names;
}

describe.each(clients)("copies of a stream, through $client", (client) => {
  test("a mirror or a source of a stream with the same retention is complete", async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    const store = await server.open(client, { streamName }, connection);
    const raw = new RawStream(connection, streamName);
    for (const version of [1, 2]) await store.saveEvent(event(version));
    const copies = await copy(raw, streamName);
    for (const version of [3, 4]) await store.saveEvent(event(version));
    for (const name of copies) await holds(raw, name, 4);
  });

  test.runIf(copiesUnchecked)("a copy that keeps events longer than the stream is complete", async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    const store = await server.open(client, { streamName, streamRetention: 300 }, connection);
    const raw = new RawStream(connection, streamName);
    const copies = await copy(raw, streamName);
    await store.saveEvent(event(1));
    await holds(raw, streamName, 0);
    for (const _ of [1, 2]) await store.saveEvent(event((await store.getLatestVersion("a-1")) + 1));
    for (const name of copies) await holds(raw, name, 3);
  });

  test("a store reads no expired events, although a mirror that has them answers in place of the stream", async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    const store = await server.open(client, { streamName, streamRetention: 300 }, connection);
    const raw = new RawStream(connection, streamName);
    const [mirror = ""] = await copy(raw, streamName);
    for (const version of [1, 2]) await store.saveEvent(event(version));
    await holds(raw, mirror, 2);
    await holds(raw, streamName, 0);
    // The server chooses at random whether the stream or the mirror answers.
    for (let read = 0; read < 20; read++)
      await expect(store.getEvents("a-1")).rejects.toMatchObject({ code: "AETHER_HISTORY_TRUNCATED" });
  });
});
