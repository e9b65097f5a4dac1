import type { SqliteDatabase } from "@aether/store-sqlite";

/** An open database, which its opener closes. */
export type Database = SqliteDatabase & { close(): unknown };

/** Names of the drivers: the one of Node.js 22.13 and later, and a package that also works on Node.js 20. */
export type DriverName = "node:sqlite" | "libsql";

/** The types of Node.js 20 lack this module. */
const builtin = process.getBuiltinModule("node:sqlite" as "node:fs") as unknown as
  | { readonly DatabaseSync: new (path: string) => Database }
  | undefined;

/** The drivers of this version of Node.js, the preferred one first. */
export const driverNames: readonly [DriverName, ...DriverName[]] =
  builtin === undefined ? ["libsql"] : ["node:sqlite", "libsql"];

/** Opens a file. A process must use only one driver, because SQLite's locks fail between two of them. */
export async function openDatabase(path: string, driver: DriverName = driverNames[0]): Promise<Database> {
  if (driver === "node:sqlite" && builtin !== undefined) return new builtin.DatabaseSync(path);
  const { default: Libsql } = await import("libsql");
  return new Libsql(path);
}
