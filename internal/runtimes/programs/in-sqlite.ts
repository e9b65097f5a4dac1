import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SqliteDatabase, SqliteDocumentStore, SqliteEventStore } from "@aether/store-sqlite";
import type { OrderEvent } from "./orders.ts";
import { useStores } from "./use-stores.ts";

type Constructor = new (path: string) => SqliteDatabase & { close(): unknown };

/** Uses the stores in an SQLite file: with `node:sqlite`, or with `libsql` if the runtime lacks it. */
export async function useSqlite(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "aether-runtimes-"));
  const Database = await driver();
  const [database, other] = [1, 2].map(() => new Database(join(folder, "orders.db"))) as [
    InstanceType<Constructor>,
    InstanceType<Constructor>,
  ];
  const events = await SqliteEventStore.open<OrderEvent>(database, { synchronous: "normal" });
  await useStores(events, await SqliteDocumentStore.open(other, { synchronous: "normal" }));
  database.close();
  other.close();
  rmSync(folder, { recursive: true });
}

async function driver(): Promise<Constructor> {
  // The names are not literals, because the compiler knows no types for one of them.
  const [builtIn, installed]: readonly string[] = ["node:sqlite", "libsql"];
  try {
    return ((await import(`${builtIn}`)) as { readonly DatabaseSync: Constructor }).DatabaseSync;
  } catch {
    return ((await import(`${installed}`)) as { readonly default: Constructor }).default;
  }
}
