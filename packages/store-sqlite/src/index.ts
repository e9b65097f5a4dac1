export type { SqliteDatabase, SqliteStatement, SqliteValue } from "./database/sqlite-database.ts";
export type { SqliteEventStoreOptions, SqliteOptions } from "./options.ts";
export { SqliteDocumentStore, sqliteDocumentStoreSupports } from "./sqlite-document-store.ts";
export { SqliteEventStore, sqliteStoreSupports } from "./sqlite-event-store.ts";
