import {
  type DocumentStore,
  type Immutable,
  isAetherError,
  type Position,
  quote,
  StoreUnavailableError,
  supports,
  UnsupportedError,
  type WatchingDocumentStore,
} from "@aether/core";
import { WaitTimedOutError } from "@aether/processor";
import type { LivePointer } from "../documents/live-pointer.ts";
import { collectionOf, recordOf } from "../documents/stored-projection.ts";
import type {
  ProjectedDocument,
  ProjectionChange,
  ProjectionListOptions,
  ProjectionReadOptions,
  ProjectionReads,
} from "./projection-reads.ts";
import { checkDocumentId, type ResolvedRead, resolveRead } from "./read-options.ts";
import type { WaitLimits } from "./wait-limits.ts";

export interface DocumentReaderParts {
  readonly documents: DocumentStore;
  /** Name of the projection. */
  readonly name: string;
  /** Version that this process keeps current; `undefined` if it only reads. */
  readonly ownVersion: number | undefined;
  readonly pointer: LivePointer;
  /** Waits until a version of the projection has handled everything up to a position. */
  readonly waitFor: (version: number, position: Position, limits: WaitLimits) => Promise<void>;
  /** Called with the record of each deletion that a read finds. */
  readonly onTombstone: (version: number, id: string) => void;
}

/** Reads the documents of the live version of a projection from a document store. */
export class DocumentReader<D extends object> implements ProjectionReads<D> {
  readonly #parts: DocumentReaderParts;

  constructor(parts: DocumentReaderParts) {
    this.#parts = parts;
  }

  async get(id: string, options?: ProjectionReadOptions): Promise<Immutable<D> | undefined> {
    checkDocumentId(id);
    const read = resolveRead(options);
    const { documents, pointer } = this.#parts;
    const { signal } = read;
    for (;;) {
      const version = await this.reach(read);
      const found = await documents.getDocument(this.#collectionOf(version), id, { signal });
      if (found !== undefined) return recordOf<D>(found).document ?? undefined;
      // The version may have been replaced and dropped in the meantime.
      if ((await pointer.read(signal)) === version) return undefined;
    }
  }

  list(options?: ProjectionListOptions): AsyncIterable<ProjectedDocument<D>> {
    return { [Symbol.asyncIterator]: () => this.#list(options) };
  }

  watch(options?: ProjectionListOptions): AsyncIterable<ProjectionChange<D>> {
    return { [Symbol.asyncIterator]: () => this.#watch(options) };
  }

  async *#list(options: ProjectionListOptions | undefined): AsyncGenerator<ProjectedDocument<D>, void, undefined> {
    const read = resolveRead(options);
    const version = await this.reach(read);
    const { idPrefix, signal } = read;
    for await (const found of this.#parts.documents.listDocuments(this.#collectionOf(version), { idPrefix, signal })) {
      const { document } = recordOf<D>(found);
      if (document === null) this.#parts.onTombstone(version, found.id);
      else yield { id: found.id, document };
    }
    if (await this.#parts.pointer.isDropped(version, signal)) {
      const reason = `version ${version} of the projection was dropped, so documents may be missing; list them again`;
      throw new StoreUnavailableError({ operation: "list the documents", reason });
    }
  }

  async *#watch(options: ProjectionListOptions | undefined): AsyncGenerator<ProjectionChange<D>, void, undefined> {
    const { documents } = this.#parts;
    const read = resolveRead(options);
    if (!supports(documents, "watch")) throw new UnsupportedError({ capability: "watch" });
    /** Ids of the documents that exist, as far as they were reported. */
    const reported = new Set<string>();
    let isFirst = true;
    for (let version = await this.reach(read); ; version = await this.reach({ ...read, atLeast: undefined })) {
      const seen = new Set<string>();
      for await (const change of this.#changesOf(version, documents, read)) {
        if (change.type === "current") {
          // Documents that an earlier version had, and this one does not have.
          for (const id of reported) if (!seen.has(id) && reported.delete(id)) yield { type: "delete", id };
          if (isFirst) yield change;
          isFirst = false;
        } else if (change.type === "put") {
          reported.add(change.id);
          seen.add(change.id);
          yield change;
        } else if (reported.delete(change.id)) yield change;
      }
    }
  }

  /** Watches the documents of a version, until another one is live. */
  async *#changesOf(
    version: number,
    documents: WatchingDocumentStore,
    { idPrefix, signal }: ResolvedRead,
  ): AsyncGenerator<ProjectionChange<D>, void, undefined> {
    const { pointer, onTombstone } = this.#parts;
    const replaced = new AbortController();
    const stopListening = pointer.onChange(() => replaced.abort());
    const until = signal === undefined ? replaced.signal : AbortSignal.any([signal, replaced.signal]);
    try {
      if (pointer.known !== version) return;
      for await (const change of documents.watchDocuments(this.#collectionOf(version), { idPrefix, signal: until })) {
        if (change.type !== "put") yield change.type === "current" ? change : { type: "delete", id: change.id };
        else {
          const { id } = change.document;
          const { document } = recordOf<D>(change.document);
          if (document === null) onTombstone(version, id);
          yield document === null ? { type: "delete", id } : { type: "put", id, document };
        }
      }
    } catch (error) {
      if (!replaced.signal.aborted || signal?.aborted) throw error;
    } finally {
      stopListening();
    }
  }

  /** Waits until the live version has handled everything that the read must include. Returns the version. */
  async reach({ atLeast, timeoutMs, signal }: ResolvedRead): Promise<number> {
    const { pointer, ownVersion, waitFor } = this.#parts;
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      const version = await pointer.live(signal);
      if (atLeast === undefined) return version;
      const left = { timeoutMs: Math.max(0, Math.ceil(endMs - performance.now())), signal };
      try {
        if (version === ownVersion) await waitFor(version, atLeast, left);
        else await this.#waitForOther(version, atLeast, left);
        return version;
      } catch (error) {
        if (signal?.aborted || !(await this.#isReplaced(version, error, signal))) throw this.#explained(version, error);
      }
    }
  }

  /** Waits for a version that this process does not keep current, until another one is live. */
  async #waitForOther(version: number, atLeast: Position, { timeoutMs, signal }: WaitLimits): Promise<void> {
    const { pointer, waitFor } = this.#parts;
    const replaced = new AbortController();
    const stopListening = pointer.onChange(() => replaced.abort());
    const until = signal === undefined ? replaced.signal : AbortSignal.any([signal, replaced.signal]);
    await waitFor(version, atLeast, { timeoutMs, signal: until }).finally(stopListening);
  }

  /** Returns true if another version is live than the one whose wait has failed. */
  async #isReplaced(version: number, error: unknown, signal: AbortSignal | undefined): Promise<boolean> {
    const { pointer } = this.#parts;
    if (pointer.known !== version) return true;
    // A version that was replaced may be dropped before this process notices the other one.
    const hasEnded =
      isAetherError(error, "AETHER_PROCESSOR_STOPPED") || isAetherError(error, "AETHER_PROCESSOR_RETIRED");
    return hasEnded && (await pointer.read(signal).catch(() => version)) !== version;
  }

  /** Returns the error of a wait. If no process runs a version other than that of the code, it says so. */
  #explained(version: number, error: unknown): unknown {
    const { name, pointer } = this.#parts;
    if (version === pointer.ownVersion || !isAetherError(error, "AETHER_WAIT_TIMED_OUT")) return error;
    const { processor, position, reached, partitionsWithoutOwner, timeoutMs } = error;
    if (partitionsWithoutOwner.length === 0) return error;
    const cause = new Error(
      `version ${version} of projection ${quote(name)} is live, but this process has version ${pointer.ownVersion}`,
    );
    return new WaitTimedOutError({ processor, position, reached, partitionsWithoutOwner, timeoutMs, cause });
  }

  #collectionOf(version: number): string {
    return collectionOf({ name: this.#parts.name, version });
  }
}
