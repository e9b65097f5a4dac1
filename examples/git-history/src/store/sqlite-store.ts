import { openDatabase as openFile } from "@aether/sqlite-driver";
import { SqliteEventStore } from "@aether/store-sqlite";
import type { FileEvent } from "../events/file-event.ts";
import type { OpenedStore, RunStore, SqliteAddress } from "./run-store.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

/** Creates a store in a database in a new temporary folder. Closing it removes the folder. */
export function createDatabase(): Promise<RunStore> {
  return inTemporaryFolder("events.db", (path) => ({ kind: "sqlite", path }), openDatabase);
}

export async function openDatabase({ path }: SqliteAddress): Promise<OpenedStore> {
  const database = await openFile(path);
  const store = await SqliteEventStore.open<FileEvent>(database);
  return {
    store,
    async close() {
      await store.close();
      database.close();
    },
  };
}
