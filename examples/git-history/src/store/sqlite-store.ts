import { type SqliteDatabase, SqliteEventStore } from "@aether/store-sqlite";
import type { FileEvent } from "../events/file-event.ts";
import type { OpenedStore, RunStore, SqliteAddress } from "./run-store.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

/** Creates a store in a database in a new temporary folder. Closing it removes the folder. */
export function createDatabase(): Promise<RunStore> {
  return inTemporaryFolder("events.db", (path) => ({ kind: "sqlite", path }), openDatabase);
}

export async function openDatabase({ path }: SqliteAddress): Promise<OpenedStore> {
  const database = await connect(path);
  const store = await SqliteEventStore.open<FileEvent>(database);
  return {
    store,
    async close() {
      await store.close();
      database.close();
    },
  };
}

type Database = SqliteDatabase & { close(): unknown };

/** Opens a file with the driver of Node.js, which exists in version 22.13 and later, or else with libsql. */
async function connect(path: string): Promise<Database> {
  // The types of Node.js 20 lack this module.
  const module = process.getBuiltinModule("node:sqlite" as "node:fs") as unknown as
    | { readonly DatabaseSync: new (path: string) => Database }
    | undefined;
  if (module !== undefined) return new module.DatabaseSync(path);
  const { default: Libsql } = await import("libsql");
  return new Libsql(path);
}
