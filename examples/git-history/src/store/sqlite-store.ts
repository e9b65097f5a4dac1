import type { DocumentStore } from "@aether/core";
import { openDatabase as openFile } from "@aether/sqlite-driver";
import { SqliteDocumentStore, SqliteEventStore } from "@aether/store-sqlite";
import type { FileEvent } from "../events/file-event.ts";
import type { OpenedStore, RunStore, SqliteAddress } from "./run-store.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

/** Creates a store in a database in a new temporary folder. Closing it removes the folder. */
export function createDatabase(): Promise<RunStore> {
  return inTemporaryFolder("events.db", (path) => ({ kind: "sqlite", path }), openDatabase);
}

/** Opens both stores at an address. */
export async function openDatabase({ path }: SqliteAddress): Promise<OpenedStore & { documents: DocumentStore }> {
  const database = await openFile(path);
  const store = await SqliteEventStore.open<FileEvent>(database);
  const documents = await SqliteDocumentStore.open(database);
  return {
    store,
    documents,
    async close() {
      await documents.close();
      await store.close();
      database.close();
    },
  };
}
