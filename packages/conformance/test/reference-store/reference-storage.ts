import type { StorageDamage } from "../../src/index.ts";

/** The stored form of one call to `saveEvent` or `saveEvents`: the JSON of its events, and its sequence number. */
export interface StoredRecord {
  readonly sequence: number;
  readonly json: string;
}

/**
 * The storage of reference stores: text, as on a disk. Several stores can share it, and it remains after they close.
 */
export class ReferenceStorage {
  readonly #records = new Map<string, StoredRecord[]>();
  readonly snapshots: Map<string, string> = new Map();
  #lastSequence = 0;

  put(key: string, json: string): number {
    const records = this.#records.get(key) ?? [];
    this.#records.set(key, records);
    records.push({ sequence: ++this.#lastSequence, json });
    return this.#lastSequence;
  }

  recordsOf(key: string): readonly StoredRecord[] {
    return this.#records.get(key) ?? [];
  }

  get keys(): readonly string[] {
    return [...this.#records.keys()];
  }
}

export const referenceDamage: StorageDamage<ReferenceStorage> = {
  interruptedSave: (storage, events) => {
    storage.put(events[0]?.actorId ?? "", JSON.stringify(events).slice(0, -9));
  },
  malformedRecord: (storage, actorId) => {
    storage.put(actorId, "no JSON");
  },
};
