import {
  abortable,
  type DocumentStore,
  InvalidDocumentError,
  isAetherError,
  type StoredDocument,
  supports,
  type WatchingDocumentStore,
} from "@aether/core";
import { NotLiveError, ProjectionDroppedError } from "../errors.ts";
import { pause } from "../pause.ts";
import type { WaitLimits } from "../reading/wait-limits.ts";
import { checkUnchanged, type DefinitionRecord } from "./definition-record.ts";
import type { ProjectionVersion } from "./stored-projection.ts";

/** Collection of the pointers of all projections. */
const COLLECTION = "aether.projections";

/** Pause before the pointer is watched again after an error, in milliseconds. */
const PAUSE_MS = 500;

/** Document that says which version of a projection is read. */
interface PointerRecord {
  readonly version: number;
  /** Versions that must not run any more. */
  readonly dropped: readonly number[];
  /** Definitions of the versions that have run and were not dropped. */
  readonly definitions: readonly DefinitionRecord[];
}

interface FoundPointer {
  readonly record: PointerRecord;
  readonly stored: StoredDocument;
}

/** The live version of a projection: the one that is read. It only ever becomes a later one. */
export class LivePointer {
  readonly #documents: DocumentStore;
  readonly #projection: ProjectionVersion;
  readonly #stopped = new AbortController();
  readonly #listeners = new Set<() => void>();
  #version: number | undefined;
  #isWatched = false;
  #loop: Promise<void> | undefined;

  constructor(documents: DocumentStore, projection: ProjectionVersion) {
    this.#documents = documents;
    this.#projection = projection;
  }

  /** Version of the definition in this process. */
  get ownVersion(): number {
    return this.#projection.version;
  }

  /** The live version, as far as is known; `undefined` before it was read. */
  get known(): number | undefined {
    return this.#version;
  }

  /**
   * Makes the own version the live one if the projection has none yet. Then observes the pointer until `stop`.
   * @throws `AETHER_INVALID_ARGUMENT` if the version has already run with another definition
   * @throws `AETHER_PROJECTION_DROPPED`, and the errors of the store
   */
  async open(definition: DefinitionRecord, signal: AbortSignal | undefined): Promise<void> {
    await this.#register(definition, signal);
    this.observe();
  }

  /** Observes the pointer until `stop`, if the store can report changes. */
  observe(): void {
    if (supports(this.#documents, "watch")) this.#loop = this.#observe(this.#documents);
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error("the projection stops"));
    await this.#loop;
  }

  /** Returns the live version. */
  async live(signal: AbortSignal | undefined): Promise<number> {
    return this.#isWatched && this.#version !== undefined ? this.#version : this.read(signal);
  }

  /** Reads the live version. @throws the errors of the store */
  async read(signal: AbortSignal | undefined): Promise<number> {
    const found = await readPointer(this.#documents, this.#projection.name, signal);
    this.#saw(found?.record.version ?? this.#projection.version);
    return this.#version ?? this.#projection.version;
  }

  /** Returns true if a version was dropped, or is about to be. @throws the errors of the store */
  async isDropped(version: number, signal: AbortSignal | undefined): Promise<boolean> {
    const found = await readPointer(this.#documents, this.#projection.name, signal);
    return found?.record.dropped.includes(version) === true;
  }

  /**
   * Makes the own version the live one, if the live one is earlier.
   * @throws `AETHER_PROJECTION_DROPPED`, and the errors of the store
   */
  async advance(signal: AbortSignal | undefined): Promise<void> {
    const { version } = this.#projection;
    await this.#write(signal, (record) => (record.version < version ? { ...record, version } : record));
  }

  /** Waits until a version, or a later one, is live. @throws `AETHER_PROJECTION_NOT_LIVE`, `signal.reason` */
  async until(version: number, { timeoutMs, signal }: WaitLimits): Promise<void> {
    signal?.throwIfAborted();
    const ended = new AbortController();
    try {
      const isLive = this.#untilLive(version, ended.signal);
      isLive.catch(() => {});
      const isLate = pause(timeoutMs, ended.signal).then(() => {
        if (!ended.signal.aborted) throw this.#notLive(version, timeoutMs);
      });
      isLate.catch(() => {});
      await abortable(Promise.race([isLive, isLate]), signal);
    } finally {
      ended.abort();
    }
  }

  /** Stores the definition of the own version, unless it is stored already. */
  async #register(definition: DefinitionRecord, signal: AbortSignal | undefined): Promise<void> {
    const { version } = this.#projection;
    await this.#write(signal, (record) => {
      const known = record.definitions.find((each) => each.version === version);
      if (known === undefined) return { ...record, definitions: [...record.definitions, definition] };
      checkUnchanged(known, definition);
      return record;
    });
  }

  /** Changes the pointer, unless `change` returns the same record. */
  async #write(signal: AbortSignal | undefined, change: (record: PointerRecord) => PointerRecord): Promise<void> {
    const { name, version } = this.#projection;
    for (;;) {
      const found = await readPointer(this.#documents, name, signal);
      const record = found?.record ?? { version, dropped: [], definitions: [] };
      if (record.dropped.includes(version)) throw new ProjectionDroppedError({ projection: name, version });
      const changed = change(record);
      if (changed === found?.record || (await writePointer(this.#documents, name, changed, found, signal)))
        return this.#saw(changed.version);
    }
  }

  #notLive(version: number, timeoutMs: number): NotLiveError {
    return new NotLiveError({ projection: this.#projection.name, version, liveVersion: this.#version ?? 0, timeoutMs });
  }

  async #untilLive(version: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.live(signal)) < version) {
      const changed = new AbortController();
      const stopListening = this.onChange(() => changed.abort());
      await pause(PAUSE_MS, AbortSignal.any([signal, changed.signal]));
      stopListening();
    }
  }

  /** Calls a function after each change. Returns a function that ends this. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #saw(version: number): void {
    if (this.#version !== undefined && version <= this.#version) return;
    this.#version = version;
    for (const listener of this.#listeners) listener();
  }

  async #observe(documents: WatchingDocumentStore): Promise<void> {
    const { signal } = this.#stopped;
    const { name } = this.#projection;
    while (!signal.aborted) {
      try {
        for await (const change of documents.watchDocuments(COLLECTION, { idPrefix: name, signal })) {
          if (change.type === "current") this.#isWatched = true;
          else if (change.type === "put" && change.document.id === name) this.#saw(recordIn(change.document).version);
        }
      } catch {
        // Reads ask the store until the pointer is observed again, and report its errors.
      }
      this.#isWatched = false;
      await pause(PAUSE_MS, signal);
    }
  }
}

/**
 * Marks a version that must not run any more.
 * @returns the live version; the same one if it was not marked because it is live
 */
export async function markDropped(
  documents: DocumentStore,
  { name, version }: ProjectionVersion,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  for (;;) {
    const found = await readPointer(documents, name, signal);
    if (found === undefined || found.record.version === version || found.record.dropped.includes(version))
      return found?.record.version;
    const definitions = found.record.definitions.filter((each) => each.version !== version);
    const record = { ...found.record, dropped: [...found.record.dropped, version], definitions };
    if (await writePointer(documents, name, record, found, signal)) return record.version;
  }
}

async function readPointer(
  documents: DocumentStore,
  name: string,
  signal: AbortSignal | undefined,
): Promise<FoundPointer | undefined> {
  const stored = await documents.getDocument(COLLECTION, name, { signal });
  return stored && { record: recordIn(stored), stored };
}

/** Resolves to false if the pointer must be read again. @throws the errors of the store */
async function writePointer(
  documents: DocumentStore,
  name: string,
  record: PointerRecord,
  found: FoundPointer | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const expectedRevision = found?.stored.revision ?? "absent";
  try {
    await documents.putDocument(COLLECTION, name, record, { expectedRevision, signal });
    return true;
  } catch (error) {
    const isTriedAgain =
      isAetherError(error, "AETHER_REVISION_CONFLICT") || isAetherError(error, "AETHER_OUTCOME_UNKNOWN");
    if (!isTriedAgain || signal?.aborted) throw error;
    return false;
  }
}

function recordIn({ collection, id, value }: StoredDocument): PointerRecord {
  const { version, dropped, definitions } = value as Partial<PointerRecord>;
  if (Number.isSafeInteger(version) && Array.isArray(dropped) && Array.isArray(definitions))
    return value as unknown as PointerRecord;
  throw new InvalidDocumentError({ collection, id, reason: "is not one that a projection has written" });
}
