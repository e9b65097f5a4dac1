import { openDatabase } from "@aether/sqlite-driver";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { SqliteDocumentStore, SqliteEventStore } from "@aether/store-sqlite";
import { connect } from "@nats-io/transport-node";
import type { ShopEvent, Stores } from "../shop.ts";
import type { Options } from "./options.ts";

/** Open stores. Closing them also closes the database or the connection. */
export type OpenedStores = Stores & AsyncDisposable;

/** Opens the stores that the options name. */
export function openStores({ store, file, server }: Pick<Options, "store" | "file" | "server">): Promise<OpenedStores> {
  if (store === "jetstream") return openJetStream(server);
  return store === "sqlite" ? openSqlite(file) : openMemory();
}

export async function openMemory(): Promise<OpenedStores> {
  return disposable(new MemoryEventStore<ShopEvent>(), new MemoryDocumentStore());
}

async function openSqlite(file: string): Promise<OpenedStores> {
  const database = await openDatabase(file);
  const store = await SqliteEventStore.open<ShopEvent>(database);
  return disposable(store, await SqliteDocumentStore.open(database), async () => void database.close());
}

async function openJetStream(servers = "127.0.0.1:4222"): Promise<OpenedStores> {
  const connection = await connect({ servers, maxReconnectAttempts: -1 });
  const whileDisconnected = "reject"; // so that requests are answered, and reactions are tried again
  const stream = { streamName: "shop", streamRetention: "forever", whileDisconnected } as const;
  const store = await JetStreamEventStore.open<ShopEvent>(connection, stream);
  const documents = await JetStreamDocumentStore.open(connection, { bucket: "shop", whileDisconnected });
  return disposable(store, documents, () => connection.close());
}

function disposable(
  store: Stores["store"],
  documents: Stores["documents"],
  close: () => Promise<void> = async () => {},
): OpenedStores {
  return {
    store,
    documents,
    async [Symbol.asyncDispose]() {
      await Promise.all([store.close(), documents.close()]);
      await close();
    },
  };
}
