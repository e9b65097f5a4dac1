import { describe, expect, test } from "vitest";
import { eventSubject } from "../src/subjects.ts";
import { clients } from "./support/clients.ts";
import { event } from "./support/feed.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();

async function collect(ids: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const id of ids) all.push(id);
  return all.sort();
}

describe.each(clients)("listActors, through $client", (client) => {
  test("lists each actor once, decodes its id, and ignores subjects that belong to no actor", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    const ids = ["order-1", "order-2", "a.b", "über-1", "a b", "*", ">", "=41", "A", crypto.randomUUID()];
    for (const actorId of ids) for (const version of [1, 2]) await store.saveEvent(event(actorId, version));
    const raw = new RawStream(connection, store.streamName);
    await raw.publish(`${store.streamName}.events.0.~.wrong-partition`, "{}");
    await raw.publish(`${store.streamName}.events.z.~.x`, "{}");
    expect(await collect(store.listActors())).toEqual([...ids].sort());
    expect(await collect(store.listActors({ actorIdPrefix: "order-" }))).toEqual(["order-1", "order-2"]);
    expect(await collect(store.listActors({ actorIdPrefix: "none" }))).toEqual([]);
  });

  test("pages through more subjects than the server lists at once", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    const raw = new RawStream(connection, store.streamName);
    // One partition, so that its list has two pages.
    const prefix = eventSubject(store.streamName, "x").split(".").slice(0, -3).join(".");
    const encoder = new TextEncoder();
    const count = 100_500;
    const ids: string[] = [];
    for (let index = 0; ids.length < count; index++) {
      const id = `n${index}`;
      const subject = eventSubject(store.streamName, id);
      if (!subject.startsWith(`${prefix}.4.`)) continue;
      ids.push(id);
      connection.publish(subject, encoder.encode("{}"));
    }
    await connection.flush();
    await expect
      .poll(async () => (await raw.api<{ state: { messages: number } }>("STREAM.INFO.{stream}")).state.messages, {
        timeout: 20_000,
      })
      .toBe(count);
    expect(await collect(store.listActors())).toEqual(ids.sort());
  });
});
