/** An event as histories tell of it. */
export interface RecordedEvent {
  /** The id of the event. */
  readonly id: string;
  /** Its version. */
  readonly version: number;
  /** What was sent, or what was read, in any form in which the same is equal: see `contentOf`. */
  readonly content: string;
}

/** What all recorded calls have. */
export interface RecordedCall {
  /** Who called. One client is one open store: what it has seen, it must see again. */
  readonly client: string;
  /** The actor that was written or read. */
  readonly actorId: string;
  /** When the call was made, and when it was answered, on one clock that all clients share and that never goes back. */
  readonly startedAt: number;
  /** When it settled, by the same clock, in milliseconds. */
  readonly endedAt: number;
}

/**
 * How a save ended:
 * - `"ok"`: it was acknowledged;
 * - `"conflict"`, `"same-event"`: `AETHER_VERSION_CONFLICT`, without and with `sameEvent`;
 * - `"unknown"`: `AETHER_OUTCOME_UNKNOWN`, or nobody was left to hear the answer;
 * - `"failed"`: anything else, after which nothing was written by this call.
 */
export type SaveOutcome = "ok" | "conflict" | "same-event" | "unknown" | "failed";

/** A call of `saveEvent` or `saveEvents`. An event that is tried at another version needs another id. */
export interface RecordedSave extends RecordedCall {
  /** Tells it from other operations. */
  readonly kind: "save";
  /** What was to be saved, in its order. */
  readonly events: readonly RecordedEvent[];
  /** How it ended. */
  readonly outcome: SaveOutcome;
}

/** A read that succeeded, of everything from `fromVersion` to `toVersion`. */
export interface RecordedRead extends RecordedCall {
  /** Tells it from other operations. */
  readonly kind: "read";
  /** The first version that was asked for, inclusive. */
  readonly fromVersion: number;
  /** Inclusive. @default Number.MAX_SAFE_INTEGER */
  readonly toVersion?: number;
  /** What was read, in its order. */
  readonly events: readonly RecordedEvent[];
}

/** A call of `getLatestVersion` that succeeded. */
export interface RecordedVersionRead extends RecordedCall {
  /** Tells it from other operations. */
  readonly kind: "latest-version";
  /** The version that was read; 0 for no events. */
  readonly version: number;
}

/** What one client did. */
export type RecordedOperation = RecordedSave | RecordedRead | RecordedVersionRead;

/** What all clients did, and what was there in the end. */
export interface History {
  /** In any order. */
  readonly operations: Iterable<RecordedOperation>;
  /** After everything has ended: of each actor its events, in the order in which the store keeps them. */
  readonly contents: ReadonlyMap<string, readonly RecordedEvent[]>;
}

/**
 * What a history can break:
 * - `"lost"`: an acknowledged event is not there;
 * - `"doubled"`: an event is there more than once;
 * - `"altered"`: an event is there with another content than was sent;
 * - `"unsent"`: an event is there that nobody sent;
 * - `"version-twice"`, `"version-order"`: an actor has two events of one version, or its versions do not rise, in its
 *   history or in time: one was accepted when a higher one had been acknowledged;
 * - `"refused-stored"`: an event is there whose only answers were conflicts and failures, or one that lost a conflict;
 * - `"torn-batch"`: a part of a batch is there, or was read, or others stand within it;
 * - `"unfounded-conflict"`: a save was refused although nothing that reached its version was there or on its way;
 * - `"wrong-read"`: what was read is not how the actor's history began at any time;
 * - `"receding-read"`: a client did not see what it had seen, or saved, before;
 * - `"stale-read"`, `"stale-version"`: a read, or the latest version, is without what another client had saved before;
 * - `"malformed"`: this is no history.
 */
export type HistoryRule =
  | "lost"
  | "doubled"
  | "altered"
  | "unsent"
  | "version-twice"
  | "version-order"
  | "refused-stored"
  | "torn-batch"
  | "unfounded-conflict"
  | "wrong-read"
  | "receding-read"
  | "stale-read"
  | "stale-version"
  | "malformed";

/** A rule that does not hold. */
export interface HistoryViolation {
  /** Which promise was broken. */
  readonly rule: HistoryRule;
  /** Whose history it is, if it is of one actor. */
  readonly actorId?: string;
  /** Whose call showed it. */
  readonly client?: string;
  /** A sentence for a person. */
  readonly reason: string;
  /** Of a stale answer: for how long, when it was asked for, something had been there that it is without, in milliseconds. */
  readonly staleForMs?: number;
}
