import {
  type CallOptions,
  type DocumentStore,
  type Event,
  type FeedEventStore,
  type Immutable,
  isAetherError,
  type Position,
} from "@aether/core";
import { EventProcessor, type ProcessorStatus, ProcessorStoppedError, waitForProcessor } from "@aether/processor";
import { partitionOf } from "@aether/store-kit";
import { NotLiveError } from "../errors.ts";
import { FirstLatestPosition } from "../first-latest-position.ts";
import { ActorHistories } from "../folding/actor-histories.ts";
import { ProgressMeter, type ProjectionProgress } from "../progress.ts";
import type { Projection } from "../projection.ts";
import { DocumentReader } from "../reading/document-reader.ts";
import type {
  AtLeast,
  ProjectedDocument,
  ProjectionChange,
  ProjectionListOptions,
  ProjectionReadOptions,
  ProjectionWaitOptions,
} from "../reading/projection-reads.ts";
import { positionOf, resolveRead } from "../reading/read-options.ts";
import type { WaitLimits } from "../reading/wait-limits.ts";
import type { ResolvedRunOptions } from "../run-options.ts";
import type { ProjectionStatus, RunningProjection } from "../running-projection.ts";
import { definitionOf } from "./definition-record.ts";
import { LivePointer } from "./live-pointer.ts";
import { PageWriter } from "./page-writer.ts";
import { pagePolicy } from "./retry-policy.ts";
import { collectionOf, processorOf } from "./stored-projection.ts";
import { switchWhenCaughtUp } from "./switch.ts";
import { Tombstones } from "./tombstones.ts";

/** Options of a projection whose documents are in a document store. */
export type DocumentRunOptions = ResolvedRunOptions & { readonly documents: DocumentStore };

/** A projection whose documents are in a document store. A processor keeps them current. */
export class DocumentProjection<E extends Event, D extends object> implements RunningProjection<D> {
  readonly #store: FeedEventStore<E>;
  readonly #projection: Projection<E, D>;
  readonly #processor: EventProcessor<E>;
  readonly #reader: DocumentReader<D>;
  readonly #pointer: LivePointer;
  readonly #meter: ProgressMeter;
  readonly #storedFirst: FirstLatestPosition;
  readonly #stopping = new AbortController();
  #switch: Promise<void> | undefined;

  constructor(store: FeedEventStore<E>, projection: Projection<E, D>, options: DocumentRunOptions) {
    const { documents, partitions, maxBatchEvents, onStatus, clock, signal: _, ...rest } = options;
    const now = (): number => clock?.now() ?? performance.now();
    const tombstones = new Tombstones(documents, collectionOf(projection), now);
    const histories = new ActorHistories(store);
    const writer = new PageWriter({ projection, documents, partitions, histories, tombstones, now });
    this.#store = store;
    this.#projection = projection;
    this.#meter = new ProgressMeter(now);
    this.#storedFirst = new FirstLatestPosition(store);
    this.#processor = new EventProcessor<E>(store, {
      ...rest,
      clock,
      documents,
      partitions,
      maxBatchEvents,
      name: processorOf(projection),
      eventTypes: projection.eventTypes,
      // A document that is an actor changes only with the actor. Otherwise the documents are divided.
      partitionBy: projection.documentId === undefined ? "actor" : "none",
      // Only one batch is in flight, so after a crash only its events are tried one at a time.
      maxInFlight: maxBatchEvents,
      retry: pagePolicy,
      handleBatch: (events, context) => {
        if (this.#meter.isDue) this.#meter.sample(this.#handledUpTo());
        return writer.handle(events, context);
      },
      onStatus: onStatus && ((status) => onStatus(this.#statusOf(status))),
    });
    this.#pointer = new LivePointer(documents, projection);
    const { name, version: own } = projection;
    this.#reader = new DocumentReader({
      documents,
      name,
      ownVersion: own,
      pointer: this.#pointer,
      waitFor: (version, position, limits) =>
        version === own
          ? this.#processor.waitFor(position, limits)
          : waitForProcessor(documents, processorOf({ name, version }), position, {
              ...limits,
              store: store as unknown as FeedEventStore,
            }),
      onTombstone: (version, id) => {
        if (version === own) tombstones.saw(partitions === 1 ? 0 : partitionOf(id), id);
      },
    });
  }

  get name(): string {
    return this.#projection.name;
  }

  get version(): number {
    return this.#projection.version;
  }

  get status(): ProjectionStatus {
    return this.#statusOf(this.#processor.status);
  }

  /** Starts the processor. @throws the errors of the pointer and of `EventProcessor.start` */
  async start(signal: AbortSignal | undefined): Promise<void> {
    await this.#pointer.open(definitionOf(this.#projection), signal);
    await this.#processor.start({ signal });
    const drain = (options: ProjectionWaitOptions): Promise<void> => this.drain(options);
    this.#switch = switchWhenCaughtUp(this.version, this.#pointer, drain, this.#stopping.signal);
  }

  get(id: string, options?: ProjectionReadOptions): Promise<Immutable<D> | undefined> {
    return this.#reader.get(id, options);
  }

  list(options?: ProjectionListOptions): AsyncIterable<ProjectedDocument<D>> {
    return this.#reader.list(options);
  }

  watch(options?: ProjectionListOptions): AsyncIterable<ProjectionChange<D>> {
    return this.#reader.watch(options);
  }

  async waitFor(atLeast: AtLeast, options: ProjectionWaitOptions = {}): Promise<void> {
    await this.#processor.waitFor(positionOf(atLeast, "atLeast"), options);
  }

  drain(options: ProjectionWaitOptions = {}): Promise<void> {
    return this.#processor.drain(options);
  }

  async untilLive(options: ProjectionWaitOptions = {}): Promise<void> {
    const { version } = this;
    const read = resolveRead(options);
    const { timeoutMs, signal } = read;
    const endMs = performance.now() + timeoutMs;
    const left = (): WaitLimits => ({ timeoutMs: Math.max(0, Math.ceil(endMs - performance.now())), signal });
    const atLeast = await this.#storedFirst.get(signal);
    try {
      if ((await this.#pointer.live(signal)) < version) {
        // It fails at once if the version cannot be built.
        if (atLeast !== undefined) await this.#processor.waitFor(atLeast, left());
        await this.#pointer.until(version, left());
      }
      await this.#reader.reach({ ...read, ...left(), atLeast });
    } catch (cause) {
      if (!isAetherError(cause, "AETHER_WAIT_TIMED_OUT")) throw cause;
      const liveVersion = this.#pointer.known ?? version;
      throw new NotLiveError({ projection: this.name, version, liveVersion, timeoutMs, cause });
    }
  }

  async progress(options: CallOptions = {}): Promise<ProjectionProgress> {
    const latest = await this.#store.getLatestPosition(options);
    return this.#meter.progress(this.#handledUpTo(), latest);
  }

  untilStopped(): Promise<void> {
    return this.#processor.untilStopped();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new ProcessorStoppedError({ processor: this.name, reason: "stopped", position: undefined }));
    await Promise.all([this.#processor.stop(), this.#pointer.stop(), this.#switch]);
  }

  close(): Promise<void> {
    return this.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #statusOf({ state, isCaughtUp, handledEvents, problem }: ProcessorStatus): ProjectionStatus {
    const { name, version } = this;
    return { name, version, liveVersion: this.#pointer.known, state, isCaughtUp, handledEvents, problem };
  }

  /** Returns the lowest position of the partitions of this process. */
  #handledUpTo(): Position | undefined {
    const [first, ...others] = this.#processor.status.partitions.map(({ handledUpTo }) => handledUpTo);
    return others.reduce(
      (lowest, each) => (lowest === undefined || each === undefined || each < lowest ? each : lowest),
      first,
    );
  }
}
