import type { DocumentStore, StoredDocument } from "@aether/core";
import type { Clock } from "@aether/retry";
import type { Lease } from "../leases/lease.ts";
import { OwnedDocument } from "../state/owned-document.ts";
import { isParkIndex, type ParkIndex, type ParkRecord } from "../state/park-index.ts";
import { isPassing } from "../state/passing-errors.ts";
import { checkedValue, documentIds, readValue } from "../state/processor-documents.ts";

export interface ParkBookParts {
  readonly documents: DocumentStore;
  /** Name of the processor. */
  readonly name: string;
  readonly clock: Clock;
  readonly lease: Lease;
  /** Maximum pause before another attempt to reach the documents, in milliseconds. */
  readonly pauseMs: number;
}

/**
 * The parked actors of a partition, for its owner. A new owner first writes the index with its own token. So a late
 * write of the former owner is rejected.
 */
export class ParkBook {
  readonly #parts: ParkBookParts;
  readonly #document: OwnedDocument<ParkIndex>;
  readonly #actors = new Map<string, ParkRecord>();
  /** Number of the last write that did not contain an actor's current record. */
  readonly #writesBefore = new Map<string, number>();
  #writes = 0;
  /** Ids of the actors in the index that was stored last. */
  #stored: ReadonlySet<string> = new Set();
  #lastWrite: Promise<unknown> = Promise.resolve();
  #nextWrite: Promise<void> | undefined;

  private constructor(parts: ParkBookParts, document: OwnedDocument<ParkIndex>) {
    this.#parts = parts;
    this.#document = document;
  }

  /** Reads the index, and makes it the owner's. @throws the errors of `Lease.save` */
  static async open(parts: ParkBookParts): Promise<ParkBook> {
    const { documents, name, lease } = parts;
    const id = documentIds.parked(lease.partition);
    const book = new ParkBook(parts, new OwnedDocument({ documents, name, id }, "absent"));
    await book.#retrying(async () => {
      const found = await readValue<ParkIndex>(documents, name, id, isParkIndex, lease.signal);
      book.#document.adopt(found?.document);
      book.#actors.clear();
      for (const record of found?.value.actors ?? []) book.#actors.set(record.actorId, record);
      const value = book.#value();
      const { status } = await book.#document.write(value, lease.signal);
      // A request or a late write of the former owner came between.
      if (status !== "written") return undefined;
      book.#noteStored(value);
      return true;
    });
    return book;
  }

  get size(): number {
    return this.#actors.size;
  }

  /** The parked actors, oldest first. */
  get records(): readonly ParkRecord[] {
    return [...this.#actors.values()];
  }

  get(actorId: string): ParkRecord | undefined {
    return this.#actors.get(actorId);
  }

  /** Returns true if an actor's record is stored. */
  isStored(actorId: string): boolean {
    return this.#stored.has(actorId);
  }

  /** Parks an actor, or replaces its record. Resolves once it is stored. @throws the errors of `Lease.save` */
  put(record: ParkRecord): Promise<void> {
    this.#actors.set(record.actorId, record);
    this.#writesBefore.set(record.actorId, this.#writes);
    return this.#save();
  }

  /** Removes an actor. Resolves once it is stored. @throws the errors of `Lease.save` */
  remove(actorId: string): Promise<void> {
    this.#actors.delete(actorId);
    this.#writesBefore.delete(actorId);
    return this.#save();
  }

  /** Learns the requests in a state of the index that was read. */
  learn(document: StoredDocument): void {
    const { token, write, actors } = checkedValue<ParkIndex>(document, isParkIndex);
    if (token !== this.#parts.lease.token) return;
    for (const { actorId, request } of actors) {
      const own = this.#actors.get(actorId);
      // A request refers to the failure that its sender has seen. A retry may have failed since then.
      const hasSeen = write > (this.#writesBefore.get(actorId) ?? 0);
      if (request !== null && own?.request === null && hasSeen) this.#actors.set(actorId, { ...own, request });
    }
  }

  /** Writes everything that is in memory when the write begins. Calls in the meantime share the next write. */
  #save(): Promise<void> {
    this.#nextWrite ??= this.#lastWrite.then(() => {
      this.#nextWrite = undefined;
      const write = this.#write();
      this.#lastWrite = write.catch(() => {});
      return write;
    });
    return this.#nextWrite;
  }

  #write(): Promise<void> {
    const { lease } = this.#parts;
    return this.#retrying(async () => {
      const value = this.#value();
      const result = await this.#document.write(value, lease.signal);
      const { status, current } = result;
      if (status === "written") {
        this.#noteStored(value);
        if (current !== undefined) this.learn(current);
        return true;
      }
      const isOwn = current !== undefined && checkedValue<ParkIndex>(current, isParkIndex).token === lease.token;
      if (!isOwn) throw lease.lose();
      this.learn(current);
      this.#document.adopt(current);
      return undefined;
    });
  }

  #noteStored({ actors }: ParkIndex): void {
    this.#stored = new Set(actors.map(({ actorId }) => actorId));
  }

  #value(): ParkIndex {
    return { token: this.#parts.lease.token, write: ++this.#writes, actors: this.records };
  }

  /** Repeats work until it returns true, as long as the lease is held. */
  async #retrying(work: () => Promise<true | undefined>): Promise<void> {
    const { lease, clock, pauseMs } = this.#parts;
    for (;;) {
      try {
        if ((await work()) === true) return;
      } catch (error) {
        if (lease.signal.aborted) throw lease.signal.reason;
        if (!isPassing(error)) throw error;
        await clock.sleep(pauseMs, lease.signal);
      }
    }
  }
}
