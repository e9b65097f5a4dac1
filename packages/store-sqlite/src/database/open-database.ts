import { InvalidArgumentError, invalid, isAetherError } from "@aether/core";
import type { CheckedOptions } from "../options.ts";
import { Connection } from "./connection.ts";
import { isForeignFile } from "./driver-error.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** A database with the tables of the stores. */
export interface OpenDatabase {
  readonly connection: Connection;
  readonly synchronous: CheckedOptions["synchronous"];
  /** Identifier of the file, for positions and revisions. A copy of the file has the same one. */
  readonly incarnation: string;
}

const OPERATION = "open the database";

/**
 * Configures the connection, and creates the tables of the stores or updates them. A database of another program is not
 * changed.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if the database is not, and cannot become, an Aether store
 * @throws `AETHER_STORE_UNAVAILABLE`
 */
export async function openDatabase(
  database: SqliteDatabase,
  { synchronous, busyTimeoutMs }: CheckedOptions,
): Promise<OpenDatabase> {
  checkDriver(database);
  const connection = new Connection(database, busyTimeoutMs);
  try {
    const exec = async (sql: string): Promise<void> => connection.attempt(OPERATION, () => connection.exec(sql));
    // The stores wait for locks themselves, because a wait in SQLite would block the event loop.
    await exec("PRAGMA busy_timeout = 0");
    const version = await connection.read(OPERATION, () => readSchemaVersion(connection));
    // Without the name, it would also change the databases that the application has attached.
    await exec("PRAGMA main.journal_mode = WAL");
    await connection.read(OPERATION, () => checkJournal(connection));
    await exec(`PRAGMA main.synchronous = ${synchronous}`);
    if (version < MIGRATIONS.length) await connection.attempt(OPERATION, () => migrate(connection));
    const incarnation = await connection.read(OPERATION, () => readIncarnation(connection));
    return { connection, incarnation, synchronous };
  } catch (error) {
    if (!isAetherError(error, "AETHER_STORE_UNAVAILABLE") || !isForeignFile(error.cause)) throw error;
    throw new InvalidArgumentError({ argument: "database", reason: "is not a SQLite database", cause: error.cause });
  }
}

function checkDriver(database: SqliteDatabase): void {
  const isDriver = typeof database?.exec === "function" && typeof database.prepare === "function";
  if (!isDriver) throw invalid("database", "must be an open database of node:sqlite, better-sqlite3 or libsql");
}

/**
 * Returns the version of the schema; 0 if the database is empty.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if the database is of another program or of a newer version of this package
 */
function readSchemaVersion(connection: Connection): number {
  const pragma = (name: string): unknown => connection.get<Record<string, unknown>>(`PRAGMA ${name}`)?.[name];
  // Drivers can be configured to return integers as BigInts.
  const [applicationId, version] = [Number(pragma("application_id")), Number(pragma("user_version"))];
  if (pragma("encoding") !== "UTF-8") throw invalid("database", "must be encoded in UTF-8");
  if (applicationId !== APPLICATION_ID) {
    const found = connection.get<{ readonly tables: number }>("SELECT count(*) AS tables FROM sqlite_schema");
    if (applicationId === 0 && version === 0 && Number(found?.tables) === 0) return 0;
    throw invalid("database", "belongs to another program: pass a new file, or one that an Aether store has created");
  }
  if (version <= MIGRATIONS.length) return version;
  throw invalid(
    "database",
    `has version ${version} of the schema, but this package knows only ${MIGRATIONS.length}: ` +
      "update @aether/store-sqlite",
  );
}

function checkJournal(connection: Connection): void {
  const found = connection.get<{ readonly journal_mode: unknown }>("PRAGMA main.journal_mode");
  if (found?.journal_mode === "wal") return;
  throw invalid("database", "must be a file on a local disk, so that it can have a write-ahead log");
}

function migrate(connection: Connection): void {
  connection.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have migrated the file in the meantime.
    const version = readSchemaVersion(connection);
    for (const statements of MIGRATIONS.slice(version)) connection.exec(statements);
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    connection.exec("COMMIT");
  } catch (error) {
    connection.rollBack();
    throw error;
  }
}

function readIncarnation(connection: Connection): string {
  const row = connection.get<{ readonly incarnation: string }>("SELECT incarnation AS incarnation FROM aether_store");
  if (row !== undefined) return row.incarnation;
  throw invalid("database", "is damaged: its table aether_store is empty; restore the file from a backup");
}
