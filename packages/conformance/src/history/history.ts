/** An event as it appears in a history. */
export interface RecordedEvent {
  /** The id of the event. */
  readonly id: string;
  /** The version of the event. */
  readonly version: number;
  /** The content that was sent or read, as text. Equal contents must have equal texts: see {@link contentOf}. */
  readonly content: string;
}

/** The receipt of a saved event, as it appears in a history. */
export interface RecordedReceipt {
  /** The id of the event. */
  readonly id: string;
  /** The version of the event. */
  readonly version: number;
  /** The position of the event in the store. */
  readonly position: string;
}

/** The fields that all recorded calls have in common. */
export interface RecordedCall {
  /**
   * The client that made the call. Use one client for each open store, because the later reads of a client must
   * contain all that it has seen.
   */
  readonly client: string;
  /** The actor whose events were saved or read. */
  readonly actorId: string;
  /** The time of the call, in milliseconds, on a monotonic clock that all clients share. */
  readonly startedAt: number;
  /** The time when the call settled, in milliseconds, on the same clock. */
  readonly endedAt: number;
}

/**
 * The outcome of a save:
 * - `"ok"`: the save was acknowledged;
 * - `"conflict"`: `AETHER_VERSION_CONFLICT` without `sameEvent`;
 * - `"same-event"`: `AETHER_VERSION_CONFLICT` with `sameEvent`;
 * - `"unknown"`: `AETHER_OUTCOME_UNKNOWN`, or the client stopped before it received the answer;
 * - `"failed"`: any other error which means that the call has stored nothing.
 */
export type SaveOutcome = "ok" | "conflict" | "same-event" | "unknown" | "failed";

/**
 * A call to `saveEvent` or `saveEvents`. A client that saves an event again at another version must give it a new id.
 */
export interface RecordedSave extends RecordedCall {
  /** Distinguishes saves from other operations. */
  readonly kind: "save";
  /** The events to save, in the order of the call. */
  readonly events: readonly RecordedEvent[];
  /** The outcome of the call. */
  readonly outcome: SaveOutcome;
  /**
   * The receipts of a save with the outcome `"ok"`, in the order of the result.
   * @default the receipts are not checked
   */
  readonly receipts?: readonly RecordedReceipt[] | undefined;
  /**
   * The `currentVersion` of a conflict, for the outcomes `"conflict"` and `"same-event"`.
   * @default at least the version of the save is known to be stored
   */
  readonly currentVersion?: number | undefined;
}

/** A successful read of the events from `fromVersion` to `toVersion`. */
export interface RecordedRead extends RecordedCall {
  /** Distinguishes reads from other operations. */
  readonly kind: "read";
  /** The lowest requested version, inclusive. */
  readonly fromVersion: number;
  /**
   * The highest requested version, inclusive.
   * @default Number.MAX_SAFE_INTEGER
   */
  readonly toVersion?: number | undefined;
  /** The events that were read, in the order of the result. */
  readonly events: readonly RecordedEvent[];
}

/** A successful call to `getLatestVersion`. */
export interface RecordedVersionRead extends RecordedCall {
  /** Distinguishes reads of the latest version from other operations. */
  readonly kind: "latest-version";
  /** The version that the call returned: 0 for an actor without events. */
  readonly version: number;
}

/** One call of one client. */
export type RecordedOperation = RecordedSave | RecordedRead | RecordedVersionRead;

/** An event of a feed, as it appears in a history. */
export interface RecordedFeedEvent extends RecordedEvent {
  /** The actor of the event. */
  readonly actorId: string;
  /** The position of the event in the feed. */
  readonly position: string;
}

/** A page of the feed that a client received. */
export interface RecordedPage {
  /** The client that read the feed. */
  readonly client: string;
  /** Identifies the read that the page belongs to: one `for await` loop. Unique in the history. */
  readonly read: string;
  /** The time when the page was requested, in milliseconds, on the clock that all clients share. */
  readonly startedAt: number;
  /** The time when the page was received, in milliseconds, on the same clock. */
  readonly endedAt: number;
  /**
   * The position after which the read began.
   * @default the read began at the first event
   */
  readonly after?: string | undefined;
  /**
   * The event types that the read selects. The checker does not know the types of the other events, so it does not
   * check whether such a read is complete.
   * @default all types
   */
  readonly eventTypes?: readonly string[] | undefined;
  /**
   * The prefix of the actors that the read selects.
   * @default all actors
   */
  readonly actorIdPrefix?: string | undefined;
  /**
   * The partition that the read selects.
   * @default all partitions
   */
  readonly partition?: number | undefined;
  /** The events of the page, in its order. */
  readonly events: readonly RecordedFeedEvent[];
  /** The position of the page. */
  readonly position?: string | undefined;
  /** True if the page claims that everything that was stored when it was requested has been delivered. */
  readonly isCaughtUp: boolean;
}

/** The calls of all clients, and the final contents of the store. */
export interface History {
  /** All calls, in any order. */
  readonly operations: Iterable<RecordedOperation>;
  /** The events of each actor, read after all calls have ended, in the order in which the store returns them. */
  readonly contents: ReadonlyMap<string, readonly RecordedEvent[]>;
  /**
   * The pages of feeds, in any order.
   * @default no feed was read
   */
  readonly pages?: Iterable<RecordedPage> | undefined;
}

/**
 * The rules that a history can break:
 * - `"lost-event"`: an acknowledged event is not stored;
 * - `"duplicate-event"`: an event is stored more than once;
 * - `"double-acknowledgement"`: two calls that saved the same event were both acknowledged;
 * - `"wrong-receipt"`: a receipt does not match its event, or its position contradicts the order of the saves;
 * - `"duplicate-version"`: an actor has two events with the same version;
 * - `"version-order"`: the versions of an actor do not ascend, or a version was accepted after a call had reported this
 *   version or a higher one as stored;
 * - `"altered-event"`: an event is stored with content that differs from the sent content;
 * - `"unsent-event"`: an event is stored that no client sent;
 * - `"rejected-event-stored"`: an event is stored although every save of it was rejected, or although one save got a
 *   conflict with another event;
 * - `"non-atomic-batch"`: only part of a batch is stored or was read, or other events are interleaved with it;
 * - `"false-conflict"`: a save was rejected with a conflict, but no event at or above its version was stored or in
 *   flight, `currentVersion` was not the actor's latest version at any time, or no other call may have stored the same
 *   event;
 * - `"inconsistent-read"`: the result of a read does not match the actor's history at any point in time;
 * - `"non-monotonic-read"`: a read or a conflict misses an event that the same client had already seen or saved;
 * - `"stale-read"`: a read misses an event that another client had seen or saved before the read began;
 * - `"stale-version"`: `getLatestVersion` or a conflict reported a version lower than one that another client had seen
 *   or saved before the call;
 * - `"feed-gap"`: a read of the feed passed an event without delivering it, or claimed to have caught up without an
 *   event that was known to be stored when the page was requested;
 * - `"feed-order"`: the positions of a read do not ascend, or an event appears at or below a position that was already
 *   reached;
 * - `"feed-event"`: the feed has an event that is not stored, was not sent yet, is altered, repeated or not selected,
 *   or has another position than in its receipt or in another read;
 * - `"malformed-history"`: the history itself is invalid, so that some or all of it cannot be checked.
 */
export type HistoryRule =
  | "lost-event"
  | "duplicate-event"
  | "double-acknowledgement"
  | "wrong-receipt"
  | "duplicate-version"
  | "version-order"
  | "altered-event"
  | "unsent-event"
  | "rejected-event-stored"
  | "non-atomic-batch"
  | "false-conflict"
  | "inconsistent-read"
  | "non-monotonic-read"
  | "stale-read"
  | "stale-version"
  | "feed-gap"
  | "feed-order"
  | "feed-event"
  | "malformed-history";

/** A broken rule. */
export interface HistoryViolation {
  /** The rule that was broken. */
  readonly rule: HistoryRule;
  /** The actor whose history breaks the rule. Absent if the violation does not concern one actor. */
  readonly actorId?: string;
  /** The client whose call shows the violation. Absent if the stored events alone show it. */
  readonly client?: string;
  /** A sentence that says which event or call breaks the rule. */
  readonly reason: string;
  /**
   * Time from the end of the oldest call that reported a missed event as stored, to the start of the read, in
   * milliseconds. Only for `stale-read` and `stale-version`.
   */
  readonly staleForMs?: number;
}
