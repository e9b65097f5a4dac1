import type { Position } from "@aether/core";

/** A call of the handler. */
export interface HandlerCall {
  readonly process: string;
  readonly partition: number;
  /** Token of the lease with which the process has started the handler; empty if it never had one. */
  readonly token: string;
  readonly position: Position;
  readonly actorId: string;
  readonly version: number;
  readonly startMs: number;
  /** `undefined` if the process was killed before the handler ended. */
  readonly end: { readonly outcome: "handled" | "failed"; readonly atMs: number } | undefined;
}

/** A state of a document that has an owner. */
export interface OwnedState {
  readonly partition: number;
  /** Token of the owner. */
  readonly token: string;
  /** Number of the owner's write. */
  readonly write: number;
  /** Time when the owner has sent the state. */
  readonly sentMs: number;
  /** Sequence in the bucket, and the earliest time when the state was certainly stored; `undefined` if unknown. */
  readonly stored: { readonly sequence: number; readonly atMs: number } | undefined;
}

/** A state of the lease and checkpoint of a partition. */
export interface LeaseState extends OwnedState {
  readonly checkpoint: Position | null;
  /** The events after the checkpoint up to a position that are handled or parked: all but the open ones. */
  readonly ahead: { readonly upTo: Position; readonly open: readonly Position[] } | null;
  readonly isReleased: boolean;
}

/** A state of the parked actors of a partition. */
export interface ParkState extends OwnedState {
  readonly actors: readonly {
    readonly actorId: string;
    /** Position of the event that has failed. */
    readonly position: Position;
    /** Position after which the actor's events are read. */
    readonly after: Position | null;
  }[];
}

/** An event that is in the store at the end. */
export interface HistoryEvent {
  readonly actorId: string;
  readonly version: number;
  readonly position: Position;
}

/** Everything that was recorded in a run. All times are on one monotonic clock, in milliseconds. */
export interface ProcessorHistory {
  /** The events of the store, in its order. */
  readonly events: readonly HistoryEvent[];
  /** The latest version that was acknowledged, by actor. */
  readonly acknowledged: Readonly<Record<string, number>>;
  readonly calls: readonly HandlerCall[];
  readonly leases: readonly LeaseState[];
  readonly parks: readonly ParkState[];
  /** The requests to discard an event, and the time of each first attempt. */
  readonly discards: readonly { readonly actorId: string; readonly version: number; readonly sentMs: number }[];
  /** The waits that have reported that everything up to a position is handled. */
  readonly waits: readonly { readonly position: Position; readonly reportedMs: number }[];
  /** Time when all events were handled, and the stream was about to be deleted and created again with other events. */
  readonly resetMs: number;
}
