import type { Position } from "@aether/core";

/**
 * State of a processor:
 * - `"new"`: `start` was not called, or has not finished;
 * - `"standby"`: it handles no partition, because other processes do;
 * - `"running"`: it handles at least one partition;
 * - `"stopping"`: it waits for its handlers, after `stop` or a failure;
 * - `"stopped"`: `stop` has finished;
 * - `"failed"`: an error has stopped it.
 */
export type ProcessorState = "new" | "standby" | "running" | "stopping" | "stopped" | "failed";

/** A partition that a processor handles. */
export interface PartitionStatus {
  /** Number of the partition, from 0. */
  readonly partition: number;
  /** Position up to which every event is handled or parked; `undefined` at the beginning. */
  readonly handledUpTo: Position | undefined;
  /** Position up to which the feed was read; `undefined` at the beginning. */
  readonly readUpTo: Position | undefined;
  /** True if everything in the store was read. */
  readonly isCaughtUp: boolean;
  /** Number of events that were read and are not handled. */
  readonly waitingEvents: number;
  /** Number of parked actors. */
  readonly parkedActors: number;
}

/** An event whose handler is running. */
export interface EventInFlight {
  /** Id of the actor. */
  readonly actorId: string;
  /** Position of the event. */
  readonly position: Position;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** Time since the handler was called, in milliseconds. */
  readonly runningMs: number;
}

/** State of a processor at one moment, with its metrics. It contains only JSON values. */
export interface ProcessorStatus {
  /** Name of the processor. */
  readonly name: string;
  /** State of the processor. */
  readonly state: ProcessorState;
  /** The partitions that it handles, by number. */
  readonly partitions: readonly PartitionStatus[];
  /** Number of events that were handled since `start`. */
  readonly handledEvents: number;
  /** Number of attempts that failed since `start`. */
  readonly failedAttempts: number;
  /** Number of actors that were parked since `start`. */
  readonly parkings: number;
  /** Number of parked actors in the partitions that it handles. */
  readonly parkedActors: number;
  /** Number of malformed records that were skipped since `start`. */
  readonly skippedRecords: number;
  /** Number of partitions that were taken from a process that did not release them, since `start`. */
  readonly takeovers: number;
  /** Number of partitions that were lost to other processes since `start`. */
  readonly lostLeases: number;
  /** Number of handlers that are running. */
  readonly handlersInFlight: number;
  /** The event whose handler has been running for the longest time. */
  readonly oldestInFlight: EventInFlight | undefined;
  /** Number of events that were handled per second, over the last five seconds. */
  readonly eventsPerSecond: number;
  /** True if the processor handles partitions, and everything in them was read and handled, or parked. */
  readonly isCaughtUp: boolean;
  /** Number of events that were read and are not handled. Until everything was read, more of them are in the store. */
  readonly lagEvents: number;
  /** Age of the oldest event that was read and is not handled, by its timestamp, in milliseconds; 0 if none waits. */
  readonly lagMs: number;
  /** Message of the error that has stopped the processor, or that it currently tries to overcome. */
  readonly problem: string | undefined;
}
