/** Marks a file as an Aether store: "Aeth" in ASCII, in the field `application_id` of the database header. */
export const APPLICATION_ID: number = 0x41657468;

/**
 * The statements that lead from each version of the schema to the next. The version is in the field `user_version` of
 * the database header. An entry is never changed after its release.
 *
 * All text is compared by bytes, without a collation. Actors, collections and ids are stored as keys (see `key.ts`).
 * `remaining` is the number of later events of the same batch.
 *
 * The triggers also reject an `INSERT OR REPLACE` of a stored event, for which SQLite fires no trigger for a deletion.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE aether_store (incarnation TEXT NOT NULL) STRICT;
  INSERT INTO aether_store (incarnation) VALUES (lower(hex(randomblob(16))));

  CREATE TABLE aether_events (
    sequence INTEGER PRIMARY KEY CHECK (sequence BETWEEN 1 AND 9007199254740991),
    actor TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 9007199254740991),
    remaining INTEGER NOT NULL CHECK (remaining BETWEEN 0 AND 9007199254740991),
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX aether_events_of_actor ON aether_events (actor, version);
  CREATE TRIGGER aether_events_no_update BEFORE UPDATE ON aether_events
    BEGIN SELECT RAISE(ABORT, 'stored events must not be changed'); END;
  CREATE TRIGGER aether_events_no_delete BEFORE DELETE ON aether_events
    BEGIN SELECT RAISE(ABORT, 'stored events must not be deleted'); END;
  CREATE TRIGGER aether_events_no_replace BEFORE INSERT ON aether_events
    WHEN NEW.sequence <= (SELECT max(sequence) FROM aether_events)
    BEGIN SELECT RAISE(ABORT, 'events must be stored after the last one'); END;

  CREATE TABLE aether_snapshots (actor TEXT PRIMARY KEY NOT NULL, record TEXT NOT NULL) STRICT;

  CREATE TABLE aether_documents (
    revision INTEGER PRIMARY KEY AUTOINCREMENT CHECK (revision BETWEEN 1 AND 9007199254740991),
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (collection, id)
  ) STRICT;
  `,
];
