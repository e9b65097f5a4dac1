import {
  type CallOptions,
  type Event,
  type FeedEventStore,
  type FeedPage,
  type Immutable,
  isAetherError,
  onAbort,
  type Position,
  type StoredEvent,
} from "@aether/core";
import { ProcessorStoppedError } from "@aether/processor";
import { NotLiveError } from "../errors.ts";
import { FirstLatestPosition } from "../first-latest-position.ts";
import { ActorHistories } from "../folding/actor-histories.ts";
import { targetsOf, targetsOfPage } from "../folding/targets.ts";
import { pause } from "../pause.ts";
import { ProgressMeter, type ProjectionProgress } from "../progress.ts";
import type { Projection } from "../projection.ts";
import type {
  AtLeast,
  ProjectedDocument,
  ProjectionChange,
  ProjectionListOptions,
  ProjectionReadOptions,
  ProjectionWaitOptions,
} from "../reading/projection-reads.ts";
import { checkDocumentId, positionOf, type ResolvedRead, resolveRead } from "../reading/read-options.ts";
import type { ResolvedRunOptions } from "../run-options.ts";
import type { ProjectionStatus, RunningProjection } from "../running-projection.ts";
import { MemoryDocuments } from "./memory-documents.ts";
import { PositionWaits } from "./position-waits.ts";

/** Pause before the feed is read again after an error, in milliseconds. */
const PAUSE_MS = 500;

/** A projection whose documents are in memory. It is built from the first event at each start. */
export class MemoryProjection<E extends Event, D extends object> implements RunningProjection<D> {
  readonly #store: FeedEventStore<E>;
  readonly #projection: Projection<E, D>;
  readonly #options: ResolvedRunOptions;
  readonly #documents: MemoryDocuments<E, D>;
  readonly #histories: ActorHistories<E>;
  readonly #waits: PositionWaits<E>;
  readonly #meter = new ProgressMeter(() => performance.now());
  readonly #storedFirst: FirstLatestPosition;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  #onCaughtUp: () => void = () => {};
  #failure: ProcessorStoppedError | undefined;
  /** True if the application learns of a failure. During the start, it does. */
  #isObserved = true;
  #state: ProjectionStatus["state"] = "new";
  #isCaughtUp = false;
  #handledEvents = 0;
  #problem: string | undefined;
  /** Position of the malformed record that stops the projection. */
  #malformedAt: Position | undefined;

  constructor(store: FeedEventStore<E>, projection: Projection<E, D>, options: ResolvedRunOptions) {
    this.#store = store;
    this.#projection = projection;
    this.#options = options;
    this.#documents = new MemoryDocuments(projection);
    this.#histories = new ActorHistories(store);
    this.#waits = new PositionWaits(projection.name, store);
    this.#storedFirst = new FirstLatestPosition(store);
  }

  get name(): string {
    return this.#projection.name;
  }

  get version(): number {
    return this.#projection.version;
  }

  get status(): ProjectionStatus {
    const { name, version } = this;
    return {
      name,
      version,
      liveVersion: version,
      state: this.#state,
      isCaughtUp: this.#isCaughtUp,
      handledEvents: this.#handledEvents,
      problem: this.#failure?.message ?? this.#problem,
    };
  }

  /** Builds the documents. Resolves once everything in the store is handled. @throws the error that stops it */
  async start(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const stopListening = signal && onAbort(signal, () => this.#stopping.abort(signal.reason));
    const isCaughtUp = new Promise<void>((resolve) => {
      this.#onCaughtUp = resolve;
    });
    this.#state = "running";
    this.#loop = this.#run();
    await Promise.race([isCaughtUp, this.#loop]);
    stopListening?.();
    signal?.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    this.#isObserved = this.#options.onStatus !== undefined;
  }

  async get(id: string, options?: ProjectionReadOptions): Promise<Immutable<D> | undefined> {
    checkDocumentId(id);
    await this.#wait(resolveRead(options));
    return this.#documents.get(id);
  }

  list(options?: ProjectionListOptions): AsyncIterable<ProjectedDocument<D>> {
    return { [Symbol.asyncIterator]: () => this.#list(options) };
  }

  watch(options?: ProjectionListOptions): AsyncIterable<ProjectionChange<D>> {
    return { [Symbol.asyncIterator]: () => this.#watch(options) };
  }

  async waitFor(atLeast: AtLeast, options?: ProjectionWaitOptions): Promise<void> {
    const position = positionOf(atLeast, "atLeast");
    await this.#waits.until(position, resolveRead(options));
  }

  async drain(options?: ProjectionWaitOptions): Promise<void> {
    const limits = resolveRead(options);
    const position = await this.#store.getLatestPosition({ signal: limits.signal });
    if (position !== undefined) await this.#waits.until(position, limits);
  }

  /** The documents in memory are those of this version, so only events are missing that were stored after the start. */
  async untilLive(options?: ProjectionWaitOptions): Promise<void> {
    const { name, version } = this;
    const { timeoutMs, signal } = resolveRead(options);
    const position = await this.#storedFirst.get(signal);
    try {
      if (position !== undefined) await this.#waits.until(position, { timeoutMs, signal });
    } catch (cause) {
      if (!isAetherError(cause, "AETHER_WAIT_TIMED_OUT")) throw cause;
      throw new NotLiveError({ projection: name, version, liveVersion: version, timeoutMs, cause });
    }
  }

  async progress(options: CallOptions = {}): Promise<ProjectionProgress> {
    const latest = await this.#store.getLatestPosition(options);
    return this.#meter.progress(this.#waits.reached, latest);
  }

  async untilStopped(): Promise<void> {
    this.#isObserved = true;
    await this.#loop;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new ProcessorStoppedError({ processor: this.name, reason: "stopped", position: undefined }));
    await this.#loop;
  }

  close(): Promise<void> {
    return this.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async *#list(options: ProjectionListOptions | undefined): AsyncGenerator<ProjectedDocument<D>, void, undefined> {
    const read = resolveRead(options);
    await this.#wait(read);
    for (const document of this.#documents.list(read.idPrefix)) {
      read.signal?.throwIfAborted();
      yield document;
    }
  }

  async *#watch(options: ProjectionListOptions | undefined): AsyncGenerator<ProjectionChange<D>, void, undefined> {
    const read = resolveRead(options);
    await this.#wait(read);
    const { signal: stopping } = this.#stopping;
    const signal = read.signal === undefined ? stopping : AbortSignal.any([read.signal, stopping]);
    yield* this.#documents.watch(read.idPrefix, signal);
  }

  async #wait({ atLeast, timeoutMs, signal }: ResolvedRead): Promise<void> {
    signal?.throwIfAborted();
    if (atLeast !== undefined) await this.#waits.until(atLeast, { timeoutMs, signal });
  }

  /** Reads the feed until the projection is stopped. Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { eventTypes } = this.#projection;
    while (!signal.aborted) {
      try {
        const after = this.#waits.reached;
        for await (const page of this.#store.readFeed({ eventTypes, after, follow: true, signal })) {
          await this.#handle(page);
          this.#noteProblem(undefined);
          if (signal.aborted) break;
        }
      } catch (error) {
        if (signal.aborted) break;
        if (!isAetherError(error, "AETHER_STORE_UNAVAILABLE")) {
          const position = isAetherError(error, "AETHER_PROJECTION_FAILED") ? error.position : this.#malformedAt;
          this.#failure = new ProcessorStoppedError({ processor: this.name, reason: "failed", position, cause: error });
          break;
        }
        this.#noteProblem(error.message);
        await pause(PAUSE_MS, signal);
      }
    }
    this.#state = this.#failure === undefined ? "stopped" : "failed";
    if (this.#failure !== undefined && !this.#isObserved) console.error(`@aether: ${this.#failure.message}`);
    const end =
      this.#failure ?? new ProcessorStoppedError({ processor: this.name, reason: "stopped", position: undefined });
    this.#waits.end(end);
    this.#stopping.abort(end);
    this.#noteStatus();
  }

  async #handle({ events, errors, position, isCaughtUp }: FeedPage<E>): Promise<void> {
    const [malformed] = errors;
    if (malformed !== undefined && this.#options.onMalformed !== "skip") {
      this.#malformedAt = malformed.position;
      throw malformed.cause;
    }
    await this.#fold(events);
    this.#meter.sample(position);
    this.#handledEvents += events.length;
    if (position !== undefined) this.#waits.reach(position);
    if (isCaughtUp) this.#onCaughtUp();
    if (isCaughtUp === this.#isCaughtUp) return;
    this.#isCaughtUp = isCaughtUp;
    this.#noteStatus();
  }

  async #fold(events: readonly StoredEvent<E>[]): Promise<void> {
    const projection = this.#projection;
    const documents = this.#documents;
    const historyOf = (event: E): Promise<readonly E[]> => this.#histories.upTo(event);
    const read = async (id: string): Promise<Immutable<D> | undefined> => documents.get(id);
    const isOwn = projection.documentId === undefined;
    const known = isOwn || projection.readsDocuments === true ? [] : await targetsOfPage(projection, events, historyOf);
    let done: StoredEvent<E> | undefined;
    try {
      for (const [index, stored] of events.entries()) {
        if (isOwn) documents.fold(stored, stored.event.actorId);
        else {
          const ids = known[index] ?? (await targetsOf(projection, stored, { historyOf, read }));
          for (const id of ids) documents.fold(stored, id);
        }
        done = stored;
      }
    } finally {
      // After an error, the feed is read again from here.
      if (done !== undefined) this.#waits.reach(done.position);
    }
  }

  #noteProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#noteStatus();
  }

  #noteStatus(): void {
    const { onStatus } = this.#options;
    if (onStatus === undefined) return;
    queueMicrotask(() => {
      try {
        onStatus(this.status);
      } catch (error) {
        // As with a processor, the error is only shown.
        this.#problem = error instanceof Error ? error.message : "onStatus has thrown a value that is no error";
      }
    });
  }
}
