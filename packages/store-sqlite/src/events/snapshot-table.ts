import type { Snapshot } from "@aether/core";
import { decodeSnapshot } from "@aether/store-kit";
import { bytesOf, type StoredBytes } from "../bytes.ts";
import type { Connection } from "../database/connection.ts";
import { keyOf } from "../key.ts";

const SELECT = "SELECT CAST(record AS BLOB) AS bytes FROM aether_snapshots WHERE actor = ?";
const REPLACE = "INSERT OR REPLACE INTO aether_snapshots (actor, record) VALUES (?, ?)";

/** The table of snapshots: the newest one of each actor. */
export class SnapshotTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  read(actorId: string): Snapshot | undefined {
    const row = this.#connection.get<{ readonly bytes: StoredBytes }>(SELECT, keyOf(actorId));
    return row && decodeSnapshot(bytesOf(row.bytes), actorId);
  }

  /** Stores a snapshot within a transaction, unless the stored one has a higher version. */
  put({ actorId, version }: Snapshot, record: string): void {
    if (version < (this.read(actorId)?.version ?? 0)) return;
    this.#connection.run(REPLACE, keyOf(actorId), record);
  }
}
