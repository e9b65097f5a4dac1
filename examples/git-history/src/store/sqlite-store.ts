import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SqliteDatabase, SqliteEventStore } from "@aether/store-sqlite";
import type { FileEvent } from "../events/file-event.ts";
import type { OpenedStore, RunStore, SqliteAddress } from "./run-store.ts";

/** Creates a store in a database in a new temporary folder. Closing it removes the folder. */
export async function createDatabase(): Promise<RunStore> {
  const folder = await mkdtemp(join(tmpdir(), "git-history-"));
  const address = { kind: "sqlite", path: join(folder, "events.db") } as const;
  const { store, close } = await openDatabase(address);
  return {
    store,
    address,
    async close() {
      try {
        await close();
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
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
