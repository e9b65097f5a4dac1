import {
  type AtomicDocumentStore,
  abortable,
  type CallOptions,
  type DocumentChange,
  type DocumentListOptions,
  type DocumentStoreSupports,
  type DocumentWrite,
  type DocumentWriteOptions,
  InvalidDocumentError,
  invalid,
  type Revision,
  RevisionConflictError,
  StoreClosedError,
  type StoredDocument,
  StreamResetError,
  type WatchingDocumentStore,
} from "@aether/core";
import { readSignal, stoppable } from "@aether/store-kit";
import { type DocumentRecord, keyOf, type ReferenceDocumentStorage } from "./reference-document-storage.ts";
import { checkExpectation, checkText, decodeValue, encodeValue, fieldsOf } from "./reference-document-values.ts";

export const referenceDocumentSupports: DocumentStoreSupports = Object.freeze({
  durable: true,
  shared: true,
  atomic: true,
  watch: true,
});

/** A write that was checked. `json` is `undefined` if it is a deletion. */
export interface PreparedWrite {
  readonly collection: string;
  readonly id: string;
  readonly json: string | undefined;
  readonly expectedRevision: string | undefined;
}

/** The checked arguments of a list or a watch. */
export interface DocumentRange {
  readonly collection: string;
  readonly idPrefix: string;
  readonly signal: AbortSignal | undefined;
}

type OpenRange = DocumentRange & { readonly signal: AbortSignal };

/**
 * A simple and correct document store. It consists of small methods that mutants override. It checks and makes a write
 * in one synchronous step, so that writes of several stores on the same storage cannot interleave.
 */
export class ReferenceDocumentStore implements AtomicDocumentStore, WatchingDocumentStore {
  readonly supports: DocumentStoreSupports = referenceDocumentSupports;
  protected readonly storage: ReferenceDocumentStorage;
  protected closed = false;
  /** Aborted when the store is closed. */
  protected readonly closing: AbortController = new AbortController();

  constructor(storage: ReferenceDocumentStorage) {
    this.storage = storage;
  }

  async getDocument<Value extends object>(
    collection: string,
    id: string,
    options?: CallOptions,
  ): Promise<StoredDocument<Value> | undefined> {
    this.checkName(collection, id);
    this.checkOpen(readSignal(options));
    return this.read(collection, id) as StoredDocument<Value> | undefined;
  }

  async putDocument(collection: string, id: string, value: object, options?: DocumentWriteOptions): Promise<Revision> {
    const write = this.preparePut(collection, id, value, options);
    this.checkOpen(readSignal(options));
    return (await this.write([write]))[0] as Revision;
  }

  async deleteDocument(collection: string, id: string, options?: DocumentWriteOptions): Promise<void> {
    const write = this.prepareDelete(collection, id, options);
    this.checkOpen(readSignal(options));
    await this.write([write]);
  }

  listDocuments<Value extends object>(
    collection: string,
    options?: DocumentListOptions,
  ): AsyncIterable<StoredDocument<Value>> {
    return stoppable(
      () => this.readRange(collection, options),
      (range) => this.checkOpen(range.signal),
      (range) => this.list(range),
      this.closing.signal,
    ) as AsyncIterable<StoredDocument<Value>>;
  }

  async writeDocuments(
    writes: readonly DocumentWrite[],
    options?: CallOptions,
  ): Promise<readonly (Revision | undefined)[]> {
    const prepared = this.prepareAll(writes);
    this.checkOpen(readSignal(options));
    return this.write(prepared);
  }

  watchDocuments<Value extends object>(
    collection: string,
    options?: DocumentListOptions,
  ): AsyncIterable<DocumentChange<Value>> {
    return stoppable(
      () => this.readRange(collection, options),
      (range) => this.checkOpen(range.signal),
      (range) => this.watch(range),
      this.closing.signal,
    ) as AsyncIterable<DocumentChange<Value>>;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.closing.abort(new StoreClosedError());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  protected checkOpen(signal: AbortSignal | undefined): void {
    if (this.closed) throw new StoreClosedError();
    signal?.throwIfAborted();
  }

  protected checkName(collection: unknown, id: unknown, path = ""): void {
    checkText(collection, `${path}collection`);
    checkText(id, `${path}id`);
  }

  protected preparePut(
    collection: string,
    id: string,
    value: object,
    options: DocumentWriteOptions | undefined,
  ): PreparedWrite {
    this.checkName(collection, id);
    const json = this.encode(value, "value");
    return { collection, id, json, expectedRevision: this.readExpectation(options) };
  }

  protected prepareDelete(collection: string, id: string, options: DocumentWriteOptions | undefined): PreparedWrite {
    this.checkName(collection, id);
    return { collection, id, json: undefined, expectedRevision: this.readExpectation(options) };
  }

  protected prepareAll(writes: readonly DocumentWrite[]): readonly PreparedWrite[] {
    if (!Array.isArray(writes)) throw invalid("writes", "must be an array");
    const prepared = writes.map((write, index) => this.prepareOne(write, `writes[${index}]`));
    this.checkDistinct(prepared);
    return prepared;
  }

  protected prepareOne(write: DocumentWrite, path: string): PreparedWrite {
    const { type, collection, id, value, expectedRevision } = fieldsOf(write, path, [
      ...["type", "collection", "id", "value", "expectedRevision"],
    ]);
    if (type !== "put" && type !== "delete") throw invalid(`${path}.type`, 'must be "put" or "delete"');
    this.checkName(collection, id, `${path}.`);
    const json = type === "put" ? this.encode(value as object, `${path}.value`) : undefined;
    const expected = this.checkExpectation(expectedRevision, `${path}.expectedRevision`);
    return { collection: collection as string, id: id as string, json, expectedRevision: expected };
  }

  protected checkDistinct(writes: readonly PreparedWrite[]): void {
    const keys = writes.map(({ collection, id }) => this.key(collection, id));
    const repeated = keys.findIndex((key, index) => keys.indexOf(key) < index);
    if (repeated >= 0) throw invalid(`writes[${repeated}]`, "is a second write of the same document");
  }

  protected readExpectation(options: DocumentWriteOptions | undefined): string | undefined {
    readSignal(options);
    if (options === undefined) return undefined;
    return this.checkExpectation(options.expectedRevision, "options.expectedRevision");
  }

  protected checkExpectation(expected: unknown, argument: string): string | undefined {
    return checkExpectation(expected, argument);
  }

  protected encode(value: object, path: string): string {
    return encodeValue(value, path);
  }

  protected decode({ collection, id, json = "" }: DocumentRecord): object {
    return decodeValue(json, (reason) => new InvalidDocumentError({ collection, id, reason }));
  }

  /** The key of a document in the storage. */
  protected key(collection: string, id: string): string {
    return keyOf(collection, id);
  }

  protected nextRevision(_key: string): Revision {
    return `${this.storage.incarnation}-${this.storage.nextSequence()}` as Revision;
  }

  protected record(collection: string, id: string): DocumentRecord | undefined {
    return this.storage.documents.get(this.key(collection, id));
  }

  protected read(collection: string, id: string): StoredDocument | undefined {
    const record = this.record(collection, id);
    return record === undefined ? undefined : this.document(record);
  }

  protected document(record: DocumentRecord): StoredDocument {
    const { collection, id, revision } = record;
    return Object.freeze({ collection, id, value: this.decode(record), revision });
  }

  /** Checks all writes, and then makes them. */
  protected async write(writes: readonly PreparedWrite[]): Promise<readonly (Revision | undefined)[]> {
    for (const write of writes) this.checkExpected(write);
    return writes.map((write) => this.apply(write));
  }

  protected checkExpected({ collection, id, expectedRevision }: PreparedWrite): void {
    if (expectedRevision === undefined) return;
    if (expectedRevision !== "absent" && !expectedRevision.startsWith(this.storage.incarnation)) {
      throw new StreamResetError({ streamName: "reference", reason: "the revision is from another storage" });
    }
    const current = this.record(collection, id)?.revision;
    if (this.isExpected(expectedRevision, current)) return;
    throw this.conflict(collection, id, expectedRevision as Revision, current);
  }

  protected isExpected(expected: string, current: Revision | undefined): boolean {
    return expected === (current ?? "absent");
  }

  protected conflict(
    collection: string,
    id: string,
    expectedRevision: Revision | "absent",
    currentRevision: Revision | undefined,
  ): Error {
    return new RevisionConflictError({ collection, id, expectedRevision, currentRevision });
  }

  protected apply({ collection, id, json }: PreparedWrite): Revision | undefined {
    const key = this.key(collection, id);
    if (json === undefined && !this.storage.documents.has(key)) return undefined;
    const revision = this.nextRevision(key);
    this.storage.write({ key, collection, id, json, revision });
    return json === undefined ? undefined : revision;
  }

  protected readRange(collection: string, options: DocumentListOptions | undefined): DocumentRange {
    checkText(collection, "collection");
    const signal = readSignal(options);
    const idPrefix = options?.idPrefix === undefined ? "" : options.idPrefix;
    checkText(idPrefix, "options.idPrefix");
    return { collection, idPrefix, signal };
  }

  /** Returns true if a list or a watch of this range contains the record. */
  protected matches(record: DocumentRecord, { collection, idPrefix }: DocumentRange): boolean {
    return record.collection === collection && record.id.startsWith(idPrefix);
  }

  /** The documents of a range as they are now, without those that cannot be read. */
  protected current(range: DocumentRange): readonly StoredDocument[] {
    const records = [...this.storage.documents.values()].filter((record) => this.matches(record, range));
    return records.flatMap((record) => this.readable(record));
  }

  protected readable(record: DocumentRecord): readonly StoredDocument[] {
    try {
      return [this.document(record)];
    } catch {
      return [];
    }
  }

  protected async *list(range: OpenRange): AsyncGenerator<StoredDocument, void, undefined> {
    yield* this.current(range);
  }

  protected async *watch(range: OpenRange): AsyncGenerator<DocumentChange, void, undefined> {
    let next = this.storage.log.length;
    for (const document of this.current(range)) yield { type: "put", document };
    yield { type: "current" };
    for (; ; await this.changed(range.signal)) {
      while (next < this.storage.log.length) {
        const record = this.storage.log[next++] as DocumentRecord;
        if (this.matches(record, range)) yield* this.change(record);
      }
    }
  }

  protected change(record: DocumentRecord): readonly DocumentChange[] {
    const { collection, id, json } = record;
    if (json === undefined) return [{ type: "delete", collection, id }];
    return this.readable(record).map((document) => ({ type: "put", document }));
  }

  /** Resolves after the next write. @throws `signal.reason` */
  protected async changed(signal: AbortSignal): Promise<void> {
    const { waiting } = this.storage;
    let resume: () => void = () => {};
    const written = new Promise<void>((resolve) => {
      resume = resolve;
    });
    waiting.add(resume);
    try {
      await abortable(written, signal);
    } finally {
      waiting.delete(resume);
    }
  }
}
