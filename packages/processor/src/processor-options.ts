import {
  type DocumentStore,
  type Event,
  type EventOfType,
  type FeedEventStore,
  type FeedOptions,
  invalid,
  type Position,
} from "@aether/core";
import { type Clock, jitter, systemClock } from "@aether/retry";
import { checkCount, PARTITION_COUNT, readFields } from "@aether/store-kit";
import type { BatchHandler, EventHandler, HandlerRetry, HandlerRetryPolicy } from "./handler.ts";
import { checkPosition } from "./position.ts";
import { checkProcessorName } from "./state/processor-documents.ts";
import type { ProcessorStatus } from "./status.ts";

/** Constructor options of `EventProcessor`. Exactly one of `handle` and `handleBatch` is required. */
export interface ProcessorOptions<E extends Event = Event, Type extends E["eventType"] = E["eventType"]> {
  /**
   * Name of the processor, at most 200 bytes of UTF-8. Processors with the same name and the same documents share their
   * work and their checkpoints.
   */
  readonly name: string;
  /**
   * Store of the checkpoints, leases and parked actors. Processes can share a processor only if they share the
   * documents. The application closes it.
   */
  readonly documents: DocumentStore;
  /**
   * Handles one event. Events of one actor are handled one after the other, in order.
   * @default none; then `handleBatch` is required
   */
  readonly handle?: EventHandler<EventOfType<E, Type>> | undefined;
  /**
   * Handles several events in one call. Only one call runs at a time per partition, and the checkpoint is written soon
   * after each call.
   * @default none; then `handle` is required
   */
  readonly handleBatch?: BatchHandler<EventOfType<E, Type>> | undefined;
  /**
   * Maximum number of events in a call of `handleBatch`, at most `maxInFlight`. Calls have fewer events once everything
   * in the store was read, and if the events are large: pages of the feed are collected only up to about 8 MB.
   * @default 100
   */
  readonly maxBatchEvents?: number | undefined;
  /**
   * Start of the first run: `"beginning"`, `"now"`, or a position to start after. The first start stores it, and later
   * starts ignore it.
   * @default "beginning"
   */
  readonly startFrom?: "beginning" | "now" | Position | undefined;
  /**
   * Types of the events to handle. The handler receives only events of these types.
   * @default all types
   */
  readonly eventTypes?: readonly Type[] | undefined;
  /**
   * Text that the ids of the actors must begin with.
   * @default all actors
   */
  readonly actorIdPrefix?: string | undefined;
  /**
   * Number of handlers that may run at the same time in this process, each for another actor. With 1, all events of a
   * partition are handled in the order of the feed.
   * @default 16
   */
  readonly concurrency?: number | undefined;
  /**
   * Maximum number of events per partition that were read and are not handled: they are in a handler, or wait for
   * another attempt or for an earlier event of their actor. When it is reached, reading waits. With `handleBatch`, the
   * events after the stored checkpoint count.
   * @default 1_000
   */
  readonly maxInFlight?: number | undefined;
  /**
   * Number of partitions: 1, or 16 so that up to sixteen processes share the work. It cannot be changed later.
   * @default 1
   */
  readonly partitions?: 1 | 16 | undefined;
  /**
   * Meaning of the partitions. With `"actor"`, each actor is in one partition. With `"none"`, the owner of each
   * partition gets all events, and the handler divides the work itself, for example by document. It receives the number
   * of the partition. `"none"` cannot be combined with `onFailure: "park"`.
   * @default "actor"
   */
  readonly partitionBy?: "actor" | "none" | undefined;
  /**
   * Decides whether and when a failed event is tried again. Other actors do not wait for it, unless `concurrency` is 1
   * or the handler is `handleBatch`: then the partition waits.
   * @default exponential backoff with full jitter, up to 10 attempts and waits of at most 10 s
   */
  readonly retry?: HandlerRetryPolicy | undefined;
  /**
   * Reaction to an event whose last attempt has failed. With `"stop"`, the processor stops with the error. With
   * `"park"`, only the event's actor waits, until `retryParked` or `discardParked` is called. `"park"` cannot be
   * combined with `handleBatch`.
   * @default "stop"
   */
  readonly onFailure?: "stop" | "park" | undefined;
  /**
   * Number of parked actors per partition at which the processor stops instead of parking another one. The cause is
   * then probably not in the events: for example, a service is down.
   * @default 500
   */
  readonly maxParkedActors?: number | undefined;
  /**
   * Number of crashes of a process during an event's handler after which the event counts as failed. They are counted
   * after the second crash in a row without progress: from then on, events are handled one at a time. A process that
   * loses its lease counts, too: the others cannot distinguish it from one that has crashed.
   * @default 3
   */
  readonly maxCrashes?: number | undefined;
  /**
   * Reaction to a malformed record in the feed: `"stop"` stops the processor, `"skip"` counts the record and continues.
   * @default "stop"
   */
  readonly onMalformed?: "stop" | "skip" | undefined;
  /**
   * Time after which another process may take over a partition whose owner does not renew its lease, in milliseconds. A
   * process that is paused for longer loses its partitions. At least 100.
   * @default 10_000
   */
  readonly leaseMs?: number | undefined;
  /**
   * Interval in which checkpoints are written, in milliseconds, at most a third of `leaseMs`. After a crash, the events
   * that were handled since the last checkpoint are handled again.
   * @default 250, or a third of `leaseMs` if that is less
   */
  readonly checkpointMs?: number | undefined;
  /**
   * Time that `stop` waits for running handlers before it aborts their signals, in milliseconds.
   * @default 10_000
   */
  readonly stopTimeoutMs?: number | undefined;
  /**
   * Called before an event is tried again. If it throws, the event has failed and is not tried again.
   * @default none
   */
  readonly onRetry?: ((retry: HandlerRetry) => void) | undefined;
  /**
   * Called when the state, the partitions, the parked actors or the problem change.
   * @default none
   */
  readonly onStatus?: ((status: ProcessorStatus) => void) | undefined;
  /**
   * Returns a number from 0 up to, but not including, 1.
   * @default Math.random
   */
  readonly random?: (() => number) | undefined;
  /**
   * Source of time.
   * @default systemClock of `@aether/retry`
   */
  readonly clock?: Clock | undefined;
}

/** The options, checked, with the defaults filled in. */
export interface ResolvedOptions<E extends Event = Event> {
  readonly store: FeedEventStore<E>;
  readonly name: string;
  readonly documents: DocumentStore;
  readonly handle: EventHandler<E> | undefined;
  readonly handleBatch: BatchHandler<E> | undefined;
  readonly maxBatchEvents: number;
  readonly startFrom: "beginning" | "now" | Position;
  /** The filters of the feed. */
  readonly filters: Pick<FeedOptions<E>, "eventTypes" | "actorIdPrefix">;
  readonly concurrency: number;
  readonly maxInFlight: number;
  readonly partitions: number;
  /** True if each actor is in one partition; false if each partition has all events. */
  readonly dividesActors: boolean;
  readonly retry: HandlerRetryPolicy;
  readonly parks: boolean;
  readonly maxParkedActors: number;
  readonly maxCrashes: number;
  readonly skipsMalformed: boolean;
  readonly leaseMs: number;
  readonly checkpointMs: number;
  readonly stopTimeoutMs: number;
  readonly onRetry: ((retry: HandlerRetry) => void) | undefined;
  readonly onStatus: ((status: ProcessorStatus) => void) | undefined;
  readonly random: () => number;
  readonly clock: Clock;
}

const fields = [
  "name",
  "documents",
  "handle",
  "handleBatch",
  "maxBatchEvents",
  "startFrom",
  "eventTypes",
  "actorIdPrefix",
  "concurrency",
  "maxInFlight",
  "partitions",
  "partitionBy",
  "retry",
  "onFailure",
  "maxParkedActors",
  "maxCrashes",
  "onMalformed",
  "leaseMs",
  "checkpointMs",
  "stopTimeoutMs",
  "onRetry",
  "onStatus",
  "random",
  "clock",
] as const satisfies (keyof ProcessorOptions)[];

const LEAST_LEASE_MS = 100;

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function resolveOptions<E extends Event, Type extends E["eventType"]>(
  store: FeedEventStore<E>,
  given: ProcessorOptions<E, Type>,
): ResolvedOptions<E> {
  // The feed has only events of the types that the handler receives.
  const options = readFields(given as unknown as ProcessorOptions<E>, "options", fields);
  const {
    maxBatchEvents = 100,
    startFrom = "beginning",
    concurrency = 16,
    maxInFlight = 1_000,
    partitions = 1,
    partitionBy = "actor",
    onFailure = "stop",
    maxParkedActors = 500,
    maxCrashes = 3,
    onMalformed = "stop",
    leaseMs = 10_000,
    checkpointMs = Math.min(250, leaseMs / 3),
    stopTimeoutMs = 10_000,
  } = options;
  if (typeof store?.readFeed !== "function") throw invalid("store", "must be an event store with the capability feed");
  checkProcessorName(options.name);
  if (typeof options.documents?.putDocument !== "function") throw invalid("documents", "must be a document store");
  checkHandlers(options);
  checkFilters(options);
  checkChoice(onFailure, "onFailure", ["stop", "park"]);
  checkChoice(onMalformed, "onMalformed", ["stop", "skip"]);
  checkChoice(partitionBy, "partitionBy", ["actor", "none"]);
  checkChoice(partitions, "partitions", [1, PARTITION_COUNT]);
  for (const [argument, value] of Object.entries({ maxBatchEvents, maxInFlight, maxParkedActors, maxCrashes }))
    checkCount(value, argument, 1);
  if (concurrency !== Number.POSITIVE_INFINITY) checkCount(concurrency, "concurrency", 1);
  checkTime(leaseMs, "leaseMs", LEAST_LEASE_MS);
  checkTime(checkpointMs, "checkpointMs", 1);
  checkTime(stopTimeoutMs, "stopTimeoutMs", 0);
  if (checkpointMs > leaseMs / 3) throw invalid("checkpointMs", `must be at most a third of leaseMs, ${leaseMs / 3}`);
  if (startFrom !== "beginning" && startFrom !== "now") checkPosition(startFrom, "startFrom");
  if (onFailure === "park" && options.handleBatch !== undefined)
    throw invalid("onFailure", 'must be "stop" with handleBatch, because a batch has events of several actors');
  if (onFailure === "park" && partitionBy === "none")
    throw invalid("onFailure", 'must be "stop" with partitionBy "none", because each partition has all actors');
  return {
    store,
    name: options.name,
    documents: options.documents,
    handle: options.handle as EventHandler<E> | undefined,
    handleBatch: options.handleBatch as BatchHandler<E> | undefined,
    maxBatchEvents: Math.min(maxBatchEvents, maxInFlight),
    startFrom,
    filters: { eventTypes: options.eventTypes && [...options.eventTypes], actorIdPrefix: options.actorIdPrefix },
    concurrency,
    maxInFlight,
    partitions,
    dividesActors: partitionBy === "actor",
    retry: options.retry ?? jitter({ kind: "full", maxAttempts: 10, baseDelayMs: 100, maxDelayMs: 10_000 }),
    parks: onFailure === "park",
    maxParkedActors,
    maxCrashes,
    skipsMalformed: onMalformed === "skip",
    leaseMs,
    checkpointMs,
    stopTimeoutMs,
    onRetry: options.onRetry,
    onStatus: options.onStatus,
    random: options.random ?? Math.random,
    clock: options.clock ?? systemClock,
  };
}

function checkHandlers(options: Pick<ProcessorOptions<never>, "handle" | "handleBatch" | "retry">): void {
  const { handle, handleBatch, retry } = options;
  if ((handle === undefined) === (handleBatch === undefined))
    throw invalid("options", "must have either handle or handleBatch");
  if (typeof (handle ?? handleBatch) !== "function")
    throw invalid(handle === undefined ? "handleBatch" : "handle", "must be a function");
  if (retry !== undefined && typeof retry?.onFailure !== "function")
    throw invalid("retry", "must be a policy: an object with the method onFailure");
}

function checkFilters(options: {
  readonly eventTypes?: readonly string[] | undefined;
  readonly actorIdPrefix?: string | undefined;
}): void {
  const { eventTypes, actorIdPrefix } = options;
  const areTexts = Array.isArray(eventTypes) && eventTypes.every((type) => typeof type === "string");
  if (eventTypes !== undefined && !areTexts) throw invalid("eventTypes", "must be an array of event types");
  if (actorIdPrefix !== undefined && typeof actorIdPrefix !== "string")
    throw invalid("actorIdPrefix", "must be a string");
}

function checkChoice(value: unknown, argument: string, choices: readonly unknown[]): void {
  if (!choices.includes(value)) throw invalid(argument, `must be one of ${JSON.stringify(choices)}`);
}

function checkTime(value: unknown, argument: string, leastMs: number): void {
  if (typeof value === "number" && Number.isFinite(value) && value >= leastMs) return;
  throw invalid(argument, `must be a time in milliseconds, at least ${leastMs}`);
}
