import { type DocumentStore, isAetherError, type Revision, type StoredDocument } from "@aether/core";
import type { Random } from "../random.ts";
import { COLLECTION, counterIds, LOCK, toggleIds } from "./document-names.ts";
import type { Counter, Lock, Toggle, WorkerReport } from "./document-report.ts";
import type { Observations } from "./observations.ts";

/** Codes of the errors that may occur during faults. */
const expectedCodes = ["AETHER_STORE_UNAVAILABLE", "AETHER_OUTCOME_UNKNOWN", "AETHER_REVISION_CONFLICT"] as const;

type Outcome =
  | { readonly type: "stored"; readonly revision: Revision | undefined }
  | { readonly type: "conflict" | "unknown" | "failed" };

interface Counts {
  acknowledged: number;
  unknown: number;
}

/**
 * Increases counters, takes a lock, and creates and deletes documents, all by compare-and-set. Other workers do the
 * same with the same documents. A worker repeats only what it has read again, as an application should. Its steps must
 * not overlap.
 */
export class DocumentWorker {
  readonly #store: DocumentStore;
  readonly #name: string;
  readonly #random: Random;
  readonly #observations: Observations;
  readonly #counters = new Map<string, Counts>();
  readonly #toggles = new Map<string, { readonly created: Counts; readonly deleted: Counts }>();
  /** The last rejected write of each document. */
  readonly #rejections = new Map<string, string>();
  readonly #turns: number[] = [];
  readonly #unexpected: string[] = [];
  #creations = 0;
  #acknowledged = 0;
  #conflicts = 0;
  #unknown = 0;
  #failed = 0;
  #reads = 0;
  #lists = 0;

  constructor(store: DocumentStore, name: string, random: Random, observations: Observations) {
    this.#store = store;
    this.#name = name;
    this.#random = random;
    this.#observations = observations;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get conflicts(): number {
    return this.#conflicts;
  }

  get unknown(): number {
    return this.#unknown;
  }

  /** Makes one random step. Returns false if a call failed, so that the caller waits. */
  step(): Promise<boolean> {
    const choice = this.#random.next();
    if (choice < 0.15) return this.#haveTurn();
    if (choice < 0.35) return this.#toggle(this.#random.pick(toggleIds));
    if (choice < 0.37) return this.#list();
    return this.#increment(this.#random.pick(counterIds));
  }

  report(): WorkerReport {
    return {
      worker: this.#name,
      counters: Object.fromEntries(this.#counters),
      toggles: Object.fromEntries(this.#toggles),
      turns: this.#turns,
      acknowledged: this.#acknowledged,
      conflicts: this.#conflicts,
      unknown: this.#unknown,
      failed: this.#failed,
      reads: this.#reads,
      lists: this.#lists,
      unexpected: this.#unexpected.slice(0, 20),
    };
  }

  async #increment(id: string): Promise<boolean> {
    const found = await this.#read<Counter>(id);
    if (found === "failed") return false;
    const { sum, by } = found?.value ?? { sum: 0, by: {} };
    this.#checkOwn(id, by[this.#name] ?? 0);
    const value: Counter = { sum: sum + 1, by: { ...by, [this.#name]: (by[this.#name] ?? 0) + 1 } };
    const outcome = await this.#put(id, value, found?.revision);
    const counts = this.#counters.get(id) ?? { acknowledged: 0, unknown: 0 };
    this.#counters.set(id, counts);
    count(counts, outcome);
    return isAnswered(outcome);
  }

  /** Checks that no rejected increment of this worker is stored, as soon as it can be read. */
  #checkOwn(id: string, stored: number): void {
    const { acknowledged = 0, unknown = 0 } = this.#counters.get(id) ?? {};
    const rejection = this.#rejections.get(id);
    if (stored <= acknowledged + unknown || rejection === undefined) return;
    this.#rejections.delete(id);
    this.#unexpected.push(`a rejected increment of ${id} is stored. The last rejection was ${rejection}`);
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
    if (taken.type !== "stored") return isAnswered(taken);
    this.#turns.push(turn + 1);
    return this.#giveBack(turn + 1, taken.revision);
  }

  async #giveBack(turn: number, revision: Revision | undefined): Promise<boolean> {
    // A stale read may show a turn that this worker has had before.
    if (this.#turns.at(-1) !== turn && !this.#turns.includes(turn)) this.#turns.push(turn);
    return isAnswered(await this.#put(LOCK, { turn, owner: null } satisfies Lock, revision));
  }

  /** Creates a document that is absent, and deletes one that exists. */
  async #toggle(id: string): Promise<boolean> {
    const found = await this.#read<Toggle>(id);
    if (found === "failed") return false;
    const none = (): Counts => ({ acknowledged: 0, unknown: 0 });
    const counts = this.#toggles.get(id) ?? { created: none(), deleted: none() };
    this.#toggles.set(id, counts);
    if (found === undefined) {
      const value: Toggle = { creator: this.#name, attempt: ++this.#creations };
      const outcome = await this.#put(id, value, undefined);
      count(counts.created, outcome);
      return isAnswered(outcome);
    }
    const outcome = await this.#write("delete", id, undefined, found.revision, async () => {
      await this.#store.deleteDocument(COLLECTION, id, { expectedRevision: found.revision });
      return undefined;
    });
    count(counts.deleted, outcome);
    return isAnswered(outcome);
  }

  async #list(): Promise<boolean> {
    const beginMs = performance.now();
    const heights = this.#observations.heights;
    const listed = new Set<string>();
    const documents: StoredDocument[] = [];
    try {
      for await (const document of this.#store.listDocuments(COLLECTION)) {
        if (listed.has(document.id)) this.#unexpected.push(`a list had ${document.id} twice`);
        listed.add(document.id);
        documents.push(document);
      }
    } catch (error) {
      this.#note("list", error);
      return false;
    }
    this.#lists++;
    for (const document of documents) this.#observations.read("list", document, beginMs);
    for (const id of Object.keys(heights)) {
      if (!listed.has(id)) this.#observations.checkHeight("list", id, 0, beginMs);
    }
    return true;
  }

  async #read<Value extends object>(id: string): Promise<StoredDocument<Value> | undefined | "failed"> {
    const beginMs = performance.now();
    try {
      const document = await this.#store.getDocument<Value>(COLLECTION, id);
      this.#reads++;
      if (document === undefined) this.#observations.checkHeight("get", id, 0, beginMs);
      else this.#observations.read("get", document, beginMs);
      return document;
    } catch (error) {
      this.#note("get", error);
      return "failed";
    }
  }

  #put(id: string, value: object, revision: Revision | undefined): Promise<Outcome> {
    return this.#write("put", id, value, revision, () =>
      this.#store.putDocument(COLLECTION, id, value, { expectedRevision: revision ?? "absent" }),
    );
  }

  async #write(
    call: string,
    id: string,
    value: object | undefined,
    replaced: Revision | undefined,
    write: () => Promise<Revision | undefined>,
  ): Promise<Outcome> {
    const beginMs = performance.now();
    try {
      const revision = await write();
      this.#acknowledged++;
      this.#observations.wrote(id, value, revision, replaced);
      return { type: "stored", revision };
    } catch (error) {
      this.#note(call, error);
      if (isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) return { type: "unknown" };
      const tookMs = Math.round(performance.now() - beginMs);
      this.#rejections.set(id, `at ${new Date().toISOString()}, after ${tookMs} ms: ${String(error)}`);
      return { type: isAetherError(error, "AETHER_REVISION_CONFLICT") ? "conflict" : "failed" };
    }
  }

  #note(call: string, error: unknown): void {
    if (isAetherError(error, "AETHER_REVISION_CONFLICT")) this.#conflicts++;
    else if (isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) this.#unknown++;
    else this.#failed++;
    if (!expectedCodes.some((code) => isAetherError(error, code))) this.#unexpected.push(`${call}: ${String(error)}`);
  }
}

function count(counts: Counts, { type }: Outcome): void {
  if (type === "stored") counts.acknowledged++;
  if (type === "unknown") counts.unknown++;
}

function isAnswered({ type }: Outcome): boolean {
  return type === "stored" || type === "conflict";
}
