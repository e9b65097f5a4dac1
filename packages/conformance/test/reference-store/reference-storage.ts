import type { Release, StorageDamage } from "../../src/index.ts";

/** The stored form of one call to `saveEvent` or `saveEvents`: the JSON of its events, and its sequence number. */
export interface StoredRecord {
  /** The key of the actor. */
  readonly key: string;
  readonly sequence: number;
  readonly json: string;
  /** The bytes of a malformed record. `json` is the same as text, in which bytes that are not UTF-8 are replaced. */
  readonly bytes?: Uint8Array;
}

/**
 * The storage of reference stores: text, as on a disk. Several stores can share it, and it remains after they close.
 */
export class ReferenceStorage {
  readonly #records = new Map<string, StoredRecord[]>();
  /** All records, in the order in which they were stored. */
  readonly log: StoredRecord[] = [];
  /** Identifies the storage in positions. */
  readonly incarnation: string = crypto.randomUUID().replaceAll("-", "");
  /** Called after each save, by the stores that wait for one. */
  readonly waiting: Set<() => void> = new Set();
  readonly snapshots: Map<string, string> = new Map();
  /** Resolves when the storage is no longer held. `undefined` while it is not held. */
  held: Promise<void> | undefined;
  #lastSequence = 0;

  put(key: string, json: string | Uint8Array): number {
    const records = this.#records.get(key) ?? [];
    this.#records.set(key, records);
    const sequence = ++this.#lastSequence;
    const record =
      typeof json === "string"
        ? { key, sequence, json }
        : { key, sequence, json: new TextDecoder().decode(json), bytes: json };
    records.push(record);
    this.log.push(record);
    for (const resume of [...this.waiting]) resume();
    return sequence;
  }

  recordsOf(key: string): readonly StoredRecord[] {
    return this.#records.get(key) ?? [];
  }

  get keys(): readonly string[] {
    return [...this.#records.keys()];
  }

  hold(): Release {
    let release: Release = () => {};
    this.held = new Promise((resolve) => {
      release = () => {
        this.held = undefined;
        resolve();
      };
    });
    return release;
  }
}

export const referenceDamage: StorageDamage<ReferenceStorage> = {
  interruptedSave: (storage, events) => {
    storage.put(events[0]?.actorId ?? "", JSON.stringify(events).slice(0, -9));
  },
  malformedRecord: (storage, actorId, bytes) => {
    storage.put(actorId, bytes);
  },
};
