import { abortable, type DocumentStore, type StoredDocument, supports, type WatchingDocumentStore } from "@aether/core";
import type { Clock } from "@aether/retry";
import { isPassing } from "../state/passing-errors.ts";
import { collectionOf, documentIds } from "../state/processor-documents.ts";

export interface BoardParts {
  readonly documents: DocumentStore;
  /** Name of the processor. */
  readonly name: string;
  readonly clock: Clock;
  /** Interval in which the documents are read, if the store cannot report changes, in milliseconds. */
  readonly pollMs: number;
  /** Called after each change, and when the documents can no longer be observed. */
  readonly onChange: () => void;
  /** Called with each error of the store; with `undefined` once the store works again. */
  readonly onProblem: (error: unknown) => void;
}

/** A document in the state that was seen last. */
export interface Sighting {
  readonly document: StoredDocument;
  /** Time when this revision was seen first, on the clock of the processor. */
  readonly sinceMs: number;
}

const PAUSE_MS = 500;

/**
 * The documents of a processor, as this process has seen them. The state may be outdated, so every decision is checked
 * by a write with the revision that was seen.
 */
export class Board {
  readonly #parts: BoardParts;
  readonly #sightings = new Map<string, Sighting>();
  readonly #stopped = new AbortController();
  readonly #firstRead: Promise<void>;
  #haveRead: () => void = () => {};
  #haveNotRead: (reason: unknown) => void = () => {};
  #loop: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(parts: BoardParts) {
    this.#parts = parts;
    this.#firstRead = new Promise((resolve, reject) => {
      this.#haveRead = resolve;
      this.#haveNotRead = reject;
    });
    this.#firstRead.catch(() => {});
  }

  /** Begins to observe the documents. Resolves once all were read. @throws the errors of {@link checkObserved} */
  start(signal?: AbortSignal): Promise<void> {
    this.#loop ??= this.#observe();
    return abortable(this.#firstRead, signal);
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error("the board has stopped"));
    await this.#loop;
  }

  /**
   * Throws if the documents can no longer be observed.
   * @throws the error of the document store after which another attempt is useless
   */
  checkObserved(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Returns a document; `undefined` if it does not exist. */
  get(id: string): Sighting | undefined {
    return this.#sightings.get(id);
  }

  /** Returns the documents whose ids begin with a text. */
  startingWith(prefix: string): readonly Sighting[] {
    return [...this.#sightings.values()].filter(({ document }) => document.id.startsWith(prefix));
  }

  /** Reads a document that has another state than the one that was seen. @throws the errors of the document store */
  async refresh(id: string): Promise<void> {
    const { documents, name } = this.#parts;
    const found = await documents.getDocument(collectionOf(name), id, { signal: this.#stopped.signal });
    if (found === undefined) this.#sightings.delete(id);
    else this.#saw(found);
  }

  async #observe(): Promise<void> {
    const { documents, clock, onProblem, onChange } = this.#parts;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        if (supports(documents, "watch")) await this.#watch(documents);
        else await this.#poll();
      } catch (error) {
        if (signal.aborted) break;
        onProblem(error);
        if (!isPassing(error)) {
          this.#failure = { error };
          this.#haveNotRead(error);
          onChange();
          return;
        }
      }
      await clock.sleep(PAUSE_MS, signal).catch(() => {});
    }
    this.#haveNotRead(signal.reason);
  }

  async #watch(documents: WatchingDocumentStore): Promise<void> {
    const { name, onProblem } = this.#parts;
    let seen: Set<string> | undefined = new Set();
    for await (const change of documents.watchDocuments(collectionOf(name), { signal: this.#stopped.signal })) {
      if (change.type === "put") {
        seen?.add(change.document.id);
        this.#saw(change.document);
      } else if (change.type === "delete") this.#sightings.delete(change.id);
      else {
        if (seen !== undefined) this.#keepOnly(seen);
        seen = undefined;
        onProblem(undefined);
        this.#haveRead();
      }
      if (seen === undefined) this.#parts.onChange();
    }
  }

  async #poll(): Promise<void> {
    const { documents, name, clock, pollMs, onChange, onProblem } = this.#parts;
    const { signal } = this.#stopped;
    for (;;) {
      const seen = new Set<string>();
      const changed = new Map<string, StoredDocument>();
      for await (const document of documents.listDocuments(collectionOf(name), { signal })) {
        const { id, revision } = document;
        seen.add(id);
        if (this.#sightings.get(id)?.document.revision !== revision) changed.set(id, document);
      }
      await this.#sawInOrder(changed);
      this.#keepOnly(seen);
      onProblem(undefined);
      this.#haveRead();
      onChange();
      await clock.sleep(pollMs, signal);
    }
  }

  /**
   * Notes documents of a list. A list may have read the parked actors of a partition before its owner parked one, and
   * the checkpoint afterwards. So the parked actors are read again before the checkpoint is noted.
   */
  async #sawInOrder(changed: ReadonlyMap<string, StoredDocument>): Promise<void> {
    const partitions = [...changed].filter(([id]) => id.startsWith(documentIds.partitions));
    for (const [id, document] of changed) if (!id.startsWith(documentIds.partitions)) this.#saw(document);
    await Promise.all(
      partitions.map(([id]) => this.refresh(documentIds.parked(Number(id.slice(documentIds.partitions.length))))),
    );
    for (const [, document] of partitions) this.#saw(document);
  }

  #saw(document: StoredDocument): void {
    const { id, revision } = document;
    if (this.#sightings.get(id)?.document.revision === revision) return;
    this.#sightings.set(id, { document, sinceMs: this.#parts.clock.now() });
  }

  #keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#sightings.keys()) if (!ids.has(id)) this.#sightings.delete(id);
  }
}
