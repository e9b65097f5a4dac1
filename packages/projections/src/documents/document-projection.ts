import type { DocumentStore, Event, FeedEventStore, Immutable } from "@aether/core";
import { EventProcessor, type ProcessorStatus } from "@aether/processor";
import { partitionOf } from "@aether/store-kit";
import { ActorHistories } from "../folding/actor-histories.ts";
import type { Projection } from "../projection.ts";
import { DocumentReader } from "../reading/document-reader.ts";
import type {
  AtLeast,
  ProjectedDocument,
  ProjectionChange,
  ProjectionListOptions,
  ProjectionReadOptions,
} from "../reading/projection-reads.ts";
import { positionOf } from "../reading/read-options.ts";
import type { ResolvedRunOptions } from "../run-options.ts";
import type { ProjectionStatus, ProjectionWaitOptions, RunningProjection } from "../running-projection.ts";
import { PageWriter } from "./page-writer.ts";
import { pagePolicy } from "./retry-policy.ts";
import { collectionOf, processorOf } from "./stored-projection.ts";
import { Tombstones } from "./tombstones.ts";

/** Options of a projection whose documents are in a document store. */
export type DocumentRunOptions = ResolvedRunOptions & { readonly documents: DocumentStore };

/** A projection whose documents are in a document store. A processor keeps them current. */
export class DocumentProjection<E extends Event, D extends object> implements RunningProjection<D> {
  readonly #projection: Projection<E, D>;
  readonly #processor: EventProcessor<E>;
  readonly #reader: DocumentReader<D>;

  constructor(store: FeedEventStore<E>, projection: Projection<E, D>, options: DocumentRunOptions) {
    const { documents, partitions, maxBatchEvents, onStatus, clock, signal: _, ...rest } = options;
    const now = (): number => clock?.now() ?? performance.now();
    const tombstones = new Tombstones(documents, collectionOf(projection), now);
    const histories = new ActorHistories(store);
    const writer = new PageWriter({ projection, documents, partitions, histories, tombstones, now });
    this.#projection = projection;
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
      handleBatch: (events, context) => writer.handle(events, context),
      onStatus: onStatus && ((status) => onStatus(this.#statusOf(status))),
    });
    this.#reader = new DocumentReader({
      documents,
      projection,
      waitFor: (position, limits) => this.#processor.waitFor(position, limits),
      onTombstone: (id) => tombstones.saw(partitions === 1 ? 0 : partitionOf(id), id),
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

  /** Starts the processor. @throws the errors of `EventProcessor.start` */
  start(signal: AbortSignal | undefined): Promise<void> {
    return this.#processor.start({ signal });
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

  untilStopped(): Promise<void> {
    return this.#processor.untilStopped();
  }

  stop(): Promise<void> {
    return this.#processor.stop();
  }

  close(): Promise<void> {
    return this.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #statusOf({ state, isCaughtUp, handledEvents, problem }: ProcessorStatus): ProjectionStatus {
    return { name: this.name, version: this.version, state, isCaughtUp, handledEvents, problem };
  }
}
