import { type DocumentStore, isAetherError, type Revision, type StoredDocument } from "@aether/core";
import type { Random } from "../random.ts";
import type { Counter, DocumentReport, Lock } from "./document-report.ts";

/** Collection of the counters and the lock. */
export const COLLECTION = "faults";
export const LOCK = "lock";
export const counterIds: readonly string[] = Array.from({ length: 6 }, (_, index) => `counter-${index}`);

/** Codes of the errors that may occur during faults. */
const expectedCodes = ["AETHER_STORE_UNAVAILABLE", "AETHER_OUTCOME_UNKNOWN", "AETHER_REVISION_CONFLICT"] as const;

type Outcome =
  | { readonly type: "stored"; readonly revision: Revision }
  | { readonly type: "conflict" | "unknown" | "failed" };

/**
 * Increases counters and takes a lock, both by compare-and-set. Other workers do the same with the same documents. A
 * worker repeats only what it has read again, as an application should.
 */
export class DocumentWorker {
  readonly #store: DocumentStore;
  readonly #name: string;
  readonly #random: Random;
  readonly #counters = new Map<string, { acknowledged: number; unknown: number }>();
  readonly #revisions: (readonly [string, string])[] = [];
  readonly #turns: number[] = [];
  readonly #unexpected: string[] = [];
  #conflicts = 0;
  #failed = 0;
  #reads = 0;

  constructor(store: DocumentStore, name: string, random: Random) {
    this.#store = store;
    this.#name = name;
    this.#random = random;
  }

  /** Number of acknowledged writes. */
  get acknowledged(): number {
    return this.#turns.length + [...this.#counters.values()].reduce((sum, counter) => sum + counter.acknowledged, 0);
  }

  /** Makes one increment, or has one turn of the lock. Returns false if a call failed, so that the caller waits. */
  step(): Promise<boolean> {
    return this.#random.chance(0.2) ? this.#haveTurn() : this.#increment(this.#random.pick(counterIds));
  }

  report(): DocumentReport {
    return {
      worker: this.#name,
      counters: Object.fromEntries(this.#counters),
      revisions: this.#revisions,
      turns: this.#turns,
      conflicts: this.#conflicts,
      failed: this.#failed,
      reads: this.#reads,
      unexpected: this.#unexpected,
    };
  }

  async #increment(id: string): Promise<boolean> {
    const found = await this.#read<Counter>(id);
    if (found === "failed") return false;
    const { sum, by } = found?.value ?? { sum: 0, by: {} };
    const value: Counter = { sum: sum + 1, by: { ...by, [this.#name]: (by[this.#name] ?? 0) + 1 } };
    const { type } = await this.#put(id, value, found?.revision);
    const counts = this.#counters.get(id) ?? { acknowledged: 0, unknown: 0 };
    this.#counters.set(id, counts);
    if (type === "stored") counts.acknowledged++;
    if (type === "unknown") counts.unknown++;
    return type === "stored" || type === "conflict";
  }

  /** Takes the lock if it is free, and gives it back. A worker that has the lock already gives it back. */
  async #haveTurn(): Promise<boolean> {
    const found = await this.#read<Lock>(LOCK);
    if (found === "failed") return false;
    const { turn, owner } = found?.value ?? { turn: 0, owner: null };
    // After an unknown outcome, this worker may have the lock.
    if (owner === this.#name) return this.#giveBack(turn, found?.revision);
    if (owner !== null) return true;
    const taken = await this.#put(LOCK, { turn: turn + 1, owner: this.#name } satisfies Lock, found?.revision);
    if (taken.type !== "stored") return taken.type === "conflict";
    return this.#giveBack(turn + 1, taken.revision);
  }

  async #giveBack(turn: number, revision: Revision | undefined): Promise<boolean> {
    if (this.#turns.at(-1) !== turn) this.#turns.push(turn);
    const { type } = await this.#put(LOCK, { turn, owner: null } satisfies Lock, revision);
    return type === "stored" || type === "conflict";
  }

  async #read<Value extends object>(id: string): Promise<StoredDocument<Value> | undefined | "failed"> {
    try {
      const document = await this.#store.getDocument<Value>(COLLECTION, id);
      this.#reads++;
      if (document !== undefined) this.#revisions.push([document.revision, JSON.stringify(document.value)]);
      return document;
    } catch (error) {
      this.#note("get", error);
      return "failed";
    }
  }

  async #put(id: string, value: object, revision: Revision | undefined): Promise<Outcome> {
    try {
      const stored = await this.#store.putDocument(COLLECTION, id, value, { expectedRevision: revision ?? "absent" });
      this.#revisions.push([stored, JSON.stringify(value)]);
      return { type: "stored", revision: stored };
    } catch (error) {
      this.#note("put", error);
      if (isAetherError(error, "AETHER_REVISION_CONFLICT")) return { type: "conflict" };
      return { type: isAetherError(error, "AETHER_OUTCOME_UNKNOWN") ? "unknown" : "failed" };
    }
  }

  #note(call: string, error: unknown): void {
    if (isAetherError(error, "AETHER_REVISION_CONFLICT")) this.#conflicts++;
    else this.#failed++;
    if (!expectedCodes.some((code) => isAetherError(error, code))) this.#unexpected.push(`${call}: ${String(error)}`);
  }
}
