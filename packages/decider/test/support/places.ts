import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event, EventStore } from "@aether/core";
import { FileEventStore } from "@aether/example-file-store";
import { TestServer } from "@aether/nats-testing";
import { type Database, openDatabase } from "@aether/sqlite-driver";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { MemoryEventStore } from "@aether/store-memory";
import { SqliteEventStore } from "@aether/store-sqlite";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import { afterAll, afterEach, beforeAll } from "vitest";

const clients = [
  { client: "nats", connect: connectNats },
  { client: "nats-io", connect: connectNatsIo },
] as const;

type Connection = Awaited<ReturnType<(typeof clients)[number]["connect"]>>;

/** A kind of store. */
export interface StorePlace {
  readonly name: string;
  /** Opens stores with the same events, as several processes do. They are closed after the test. */
  readonly open: <E extends Event>(count: number) => Promise<readonly EventStore<E>[]>;
}

/** Returns all kinds of stores: in memory, in a file, in SQLite, and on JetStream through both clients. */
export function storePlaces(): readonly StorePlace[] {
  const server = new TestServer<Connection>();
  const opened: EventStore[] = [];
  const databases: Database[] = [];
  let folder = "";

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "aether-decider-"));
    await server.start();
  }, TestServer.startTimeoutMs);
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    for (const database of databases.splice(0)) database.close();
    await server.closeConnections();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.stop();
  });

  const openAll = async <E extends Event>(count: number, open: () => Promise<EventStore<E>>) => {
    const stores: EventStore<E>[] = [];
    for (let index = 0; index < count; index++) stores.push(await open());
    opened.push(...stores);
    return stores;
  };
  return [
    {
      name: "memory",
      open: async <E extends Event>(count: number) => {
        const store = new MemoryEventStore<E>();
        return openAll(count, async () => store);
      },
    },
    {
      name: "a file",
      open: async <E extends Event>(count: number) => {
        const path = join(folder, crypto.randomUUID());
        return openAll(count, () => FileEventStore.open<E>(path));
      },
    },
    {
      name: "SQLite",
      open: async <E extends Event>(count: number) => {
        const path = join(folder, crypto.randomUUID());
        return openAll(count, async () => {
          const database = await openDatabase(path);
          databases.push(database);
          return SqliteEventStore.open<E>(database);
        });
      },
    },
    ...clients.map((client) => ({
      name: `JetStream, through ${client.client}`,
      open: async <E extends Event>(count: number) => {
        const streamName = `test-${crypto.randomUUID()}`;
        return openAll(count, async () =>
          JetStreamEventStore.open<E>(await server.connect(client), { streamName, streamRetention: "forever" }),
        );
      },
    })),
  ];
}
