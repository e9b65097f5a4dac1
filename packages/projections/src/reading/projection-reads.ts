import type { CallOptions, Immutable, Position } from "@aether/core";

/** A position: that of an event, or the receipt of a save. */
export type AtLeast = Position | { readonly position: Position };

/** Options of a read that may wait for events. */
export interface ProjectionReadOptions extends CallOptions {
  /**
   * Position of an event, or the receipt of a save, that the result must include. The read waits until the projection
   * has handled everything up to there: so you read your own writes.
   * @default the read does not wait
   */
  readonly atLeast?: AtLeast | undefined;
  /**
   * Maximum time to wait, in milliseconds.
   * @default 10_000
   */
  readonly timeoutMs?: number | undefined;
}

/** Options of a read of several documents. */
export interface ProjectionListOptions extends ProjectionReadOptions {
  /**
   * Text that the ids must begin with.
   * @default all ids
   */
  readonly idPrefix?: string | undefined;
}

/** A document of a projection, with its id. */
export interface ProjectedDocument<D extends object = object> {
  /** Id of the document. */
  readonly id: string;
  /** The document, deeply frozen. */
  readonly document: Immutable<D>;
}

/** Change that `watch` reports. */
export type ProjectionChange<D extends object = object> =
  /** The document has this value. */
  | { readonly type: "put"; readonly id: string; readonly document: Immutable<D> }
  /** The document no longer exists. */
  | { readonly type: "delete"; readonly id: string }
  /** Every document that existed when the watch began was reported. Later changes follow. */
  | { readonly type: "current" };

/** Reads of the documents of a projection. */
export interface ProjectionReads<D extends object = object> {
  /**
   * Returns a document, or `undefined` if it does not exist.
   *
   * @throws `AETHER_WAIT_TIMED_OUT` if the projection has not reached `atLeast` in time
   * @throws `AETHER_PROCESSOR_STOPPED` if the projection cannot reach it, because it has stopped or failed
   * @throws `AETHER_STREAM_RESET` if `atLeast` is from another store
   * @throws `AETHER_PROJECTION_FAILED` if the documents are in memory, and this one is not JSON
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  get(id: string, options?: ProjectionReadOptions): Promise<Immutable<D> | undefined>;

  /**
   * Lists the documents, in no particular order. If their version is dropped in the meantime, the list ends with
   * `AETHER_STORE_UNAVAILABLE`, because documents may be missing.
   *
   * @throws the errors of `get`. All errors are thrown by the `for await` loop, not by the call.
   */
  list(options?: ProjectionListOptions): AsyncIterable<ProjectedDocument<D>>;

  /**
   * Reports the documents, then `current` once, then each change, until the loop is left or the signal is aborted.
   * Earlier values of a document may be skipped, but never its last one.
   *
   * @throws `AETHER_UNSUPPORTED` if the document store cannot report changes
   * @throws the errors of `get`. All errors are thrown by the `for await` loop, not by the call.
   */
  watch(options?: ProjectionListOptions): AsyncIterable<ProjectionChange<D>>;
}

/** Options of `waitFor` and `drain`. */
export interface ProjectionWaitOptions extends CallOptions {
  /**
   * Maximum time to wait, in milliseconds.
   * @default 10_000
   */
  readonly timeoutMs?: number | undefined;
}

/** The documents of a projection that this process or others keep current. */
export interface ProjectionReader<D extends object = object> extends ProjectionReads<D>, AsyncDisposable {
  /** Name of the projection. */
  readonly name: string;
  /**
   * Waits until the projection has handled everything up to a position, in this process or in others.
   *
   * @throws `AETHER_WAIT_TIMED_OUT`, `AETHER_PROCESSOR_STOPPED`, `AETHER_STREAM_RESET`, `AETHER_INVALID_ARGUMENT`,
   * `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  waitFor(atLeast: AtLeast, options?: ProjectionWaitOptions): Promise<void>;
  /**
   * Waits until the projection has handled everything that is stored when the method is called.
   *
   * @throws the errors of `waitFor`
   */
  drain(options?: ProjectionWaitOptions): Promise<void>;
  /** Ends the reads, and the projection if this process runs it. The documents remain. Never rejects. */
  stop(): Promise<void>;
  /** Same as `stop`. */
  close(): Promise<void>;
}
