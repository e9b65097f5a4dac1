import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JetStreamEventStore } from "../src/index.ts";
import { clients, type TestConnection } from "./support/clients.ts";

let server: NatsServer;
let connection: TestConnection | undefined;
beforeEach(async () => {
  server = await startNatsServer();
}, 300_000);
afterEach(async () => {
  await connection?.close();
  await server.stop();
});

describe.each(clients)("a server that is killed and restarted, through $client", ({ connect }) => {
  test("under load: every acknowledged event is stored once, and no other event", async () => {
    connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open(connection, { streamName: "killed", ackTimeoutMs: 20_000 });
    const acknowledged = new Map<string, string>();
    let running = true;
    const write = async (actorId: string): Promise<void> => {
      for (let version = 1; running; version++) {
        const { id } = await store.saveEvent({ actorId, version, eventType: "Tested", data: {} });
        acknowledged.set(id, `${actorId}@${version}`);
      }
    };
    const actors = Array.from({ length: 16 }, (_, index) => `actor-${index}`);
    const writers = actors.map(write);
    for (let kills = 0; kills < 3; kills++) {
      const goal = acknowledged.size + 500;
      while (acknowledged.size < goal) await new Promise((resolve) => setImmediate(resolve));
      await server.kill();
      await server.restart();
    }
    running = false;
    await Promise.all(writers);
    const found = new Map<string, string>();
    for (const actorId of actors) {
      const events = await store.getEvents(actorId);
      expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
      for (const { id, version } of events) found.set(id, `${actorId}@${version}`);
    }
    expect(found).toEqual(acknowledged);
  });

  test("during a read: the read continues after the last event that it received", async () => {
    connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open(connection, { streamName: "read", ackTimeoutMs: 20_000 });
    const count = 40_000;
    for (let first = 1; first <= count; first += 10) {
      void store.saveEvents(
        Array.from({ length: 10 }, (_, index) => ({
          actorId: "long",
          version: first + index,
          eventType: "T",
          data: {},
        })),
      );
    }
    await store.saveEvent({ actorId: "long", version: count + 1, eventType: "T", data: {} });
    const read = store.getEvents("long");
    await server.kill();
    await server.restart();
    expect((await read).map(({ version }) => version)).toEqual(
      Array.from({ length: count + 1 }, (_, index) => index + 1),
    );
  });
});
