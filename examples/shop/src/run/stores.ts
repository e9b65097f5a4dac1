import { openDatabase } from "@aether/sqlite-driver";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { SqliteDocumentStore, SqliteEventStore } from "@aether/store-sqlite";
import { connect } from "@nats-io/transport-node";
import type { ShopEvent, Stores } from "../shop.ts";

/** Opens the stores. `close` closes the database or the connection, and is called after the stores are closed. */
export async function openStores(kind: string): Promise<Stores> {
  if (kind === "jetstream") return openJetStream();
  if (kind === "sqlite") return openSqlite();
  return { store: new MemoryEventStore(), documents: new MemoryDocumentStore(), close: () => {} };
}

async function openSqlite(): Promise<Stores> {
  const database = await openDatabase(process.env.SHOP_FILE ?? `${import.meta.dirname}/../../shop.db`);
  const store = await SqliteEventStore.open<ShopEvent>(database);
  return { store, documents: await SqliteDocumentStore.open(database), close: () => database.close() };
}

async function openJetStream(): Promise<Stores> {
  const connection = await connect({ servers: process.env.NATS_URL ?? "127.0.0.1:4222", maxReconnectAttempts: -1 });
  const whileDisconnected = "reject"; // so that requests are answered, and reactions are tried again
  const stream = { streamName: "shop", streamRetention: "forever", whileDisconnected } as const;
  const store = await JetStreamEventStore.open<ShopEvent>(connection, stream);
  const documents = await JetStreamDocumentStore.open(connection, { bucket: "shop", whileDisconnected });
  return { store, documents, close: () => connection.close() };
}
