import { createRequire } from "node:module";
import Libsql from "libsql";
import type { SqliteDatabase } from "../../src/index.ts";

/** A database of any driver. */
export interface TestDatabase extends SqliteDatabase {
  close(): unknown;
}

/** A driver, and a function that opens a file. */
export interface Driver {
  readonly name: "libsql" | "node:sqlite" | "better-sqlite3";
  open(path: string): TestDatabase;
}

type Constructor = new (path: string) => TestDatabase;

/** The drivers on this computer. `node:sqlite` exists in new versions of Node.js, `better-sqlite3` may be installed. */
export const drivers: readonly Driver[] = [
  { name: "libsql", open: (path) => new Libsql(path) },
  ...driver("node:sqlite", (module) => (module as { readonly DatabaseSync: Constructor }).DatabaseSync),
  ...driver("better-sqlite3", (module) => module as Constructor),
];

function driver(name: Driver["name"], constructorOf: (module: unknown) => Constructor): readonly Driver[] {
  try {
    const Database = constructorOf(createRequire(import.meta.url)(name));
    return [{ name, open: (path) => new Database(path) }];
  } catch {
    return [];
  }
}
