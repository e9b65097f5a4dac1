import type { Event, EventMetadata, SaveReceipt } from "@aether/core";
import type { RetryOptions } from "@aether/retry";
import type { HandlerCounters } from "./counters.ts";
import type { Command } from "./decider.ts";
import type { SnapshotFailure } from "./snapshots/snapshots.ts";

/** Options of {@link CommandHandler.handle}. */
export interface HandleOptions {
  /**
   * Version that the actor must have; 0 if it must not have events. If the actor has another version, the call rejects
   * with `AETHER_VERSION_CONFLICT`, and does not try again.
   * @default any version
   */
  readonly expectedVersion?: number | undefined;
  /**
   * Id of the command, stored in the metadata of its events. A call with the id of an earlier command returns the
   * events of that command, and saves nothing. See `repeats` in {@link CommandHandlerOptions} for the limits.
   * @default none: a repeated command is decided again
   */
  readonly commandId?: string | undefined;
  /**
   * Metadata of all events of the command, such as the correlation id or the trace context. `commandId` in it is
   * replaced by the option.
   * @default none
   */
  readonly metadata?: EventMetadata | undefined;
  /**
   * Signal that ends the call early. The call then rejects with `signal.reason`, or with `AETHER_OUTCOME_UNKNOWN` if a
   * save was in flight.
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
}

/** Result of {@link CommandHandler.handle}. */
export interface HandleResult<E extends Event = Event, State = unknown> {
  /** The events of the command, deeply frozen, in order; `[]` if there was nothing to do. */
  readonly events: readonly E[];
  /** State of the actor. It contains the events of the command, and may contain later ones. Do not change it. */
  readonly state: State;
  /** Version of the last event in `state`; 0 if there is none. */
  readonly version: number;
  /**
   * The store's receipts, one for each event. `undefined` if the events were found in the store: after an earlier call
   * with the same command id, or after a save without an answer. To read your own writes without a receipt, use the
   * `getLatestPosition` of the store: everything in the result is at or before this position.
   */
  readonly receipts: readonly SaveReceipt[] | undefined;
  /** True if an earlier call saved the events. */
  readonly repeated: boolean;
  /** Number of attempts that were made. */
  readonly attempts: number;
}

/** Options of {@link CommandHandler.load}. */
export interface LoadOptions {
  /**
   * Maximum age of a state from the cache, in milliseconds: `Infinity` for any age. The age counts from the beginning
   * of the last read or save that confirmed the state.
   * @default 0: the new events are read
   */
  readonly maxAgeMs?: number | undefined;
  /**
   * Signal that ends the call early. The call then rejects with `signal.reason`.
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
}

/** Result of {@link CommandHandler.load}: the state of an actor. Do not change it. */
export interface LoadedState<State = unknown> {
  /** The state. */
  readonly state: State;
  /** Version of the last event in `state`; 0 if there is none. */
  readonly version: number;
}

/** Options of `commandHandler`: those of calls that retry, and those for states and repeated commands. */
export interface CommandHandlerOptions extends Omit<RetryOptions, "signal"> {
  /**
   * Cache of states. `maxActors` is the maximum number of actors in it; beyond it, the least recently used one is
   * forgotten. With `false`, there is no cache: each command reads the actor again.
   * @default { maxActors: 10_000 }
   */
  readonly cache?: false | { readonly maxActors?: number | undefined } | undefined;
  /**
   * Number of command ids to remember for each actor, in the cache and in snapshots.
   * @default 64
   */
  readonly rememberCommands?: number | undefined;
  /**
   * Search for the events of a repeated command. With `"recent"`, a repeat is recognised if its id is among the
   * remembered ones. With `"exact"`, the rest of the history is read if the id is not among them.
   * @default "recent"
   */
  readonly repeats?: "recent" | "exact" | undefined;
  /**
   * Number of new events after which a snapshot is saved in the background. It needs a decider with `snapshot`, and a
   * store with the `snapshots` capability.
   * @default 100
   */
  readonly snapshotEvery?: number | undefined;
  /**
   * Called for each snapshot that could not be loaded or saved. Commands are not affected.
   * @default writes a warning to the console
   */
  readonly onSnapshotFailed?: ((failure: SnapshotFailure) => void) | undefined;
}

/** Handles the commands of a decider, made by `commandHandler`. */
export interface CommandHandler<E extends Event = Event, C extends Command = Command, State = unknown> {
  /**
   * Handles a command: loads the actor's state, decides, and saves the events. Decides again after a version conflict.
   *
   * A rejection, and the result that there is nothing to do, are always based on a state that was current when the
   * command arrived, or later. The commands of one actor are handled one after the other, in the order of the calls.
   *
   * @throws the error that `decide` throws to reject the command; nothing is saved
   * @throws `AETHER_VERSION_CONFLICT` if the actor does not have the expected version; nothing is saved
   * @throws `AETHER_RETRIES_EXHAUSTED`, or the policy's own error: `AETHER_THRASHING`, `AETHER_CIRCUIT_OPEN`
   * @throws `AETHER_OUTCOME_UNKNOWN` if it is unknown whether the events were saved
   * @throws `AETHER_UNKNOWN_COMMAND`, `AETHER_UNKNOWN_EVENT` if the decider has no function for the type
   * @throws `AETHER_INVALID_DECISION` if `decide` returns something other than events, or lacks its `return`
   * @throws `AETHER_UNSUPPORTED` if there are several events and the store does not have the capability `batch`
   * @throws `AETHER_INVALID_ARGUMENT` for invalid options
   * @throws `signal.reason`, and the errors that the store throws
   */
  handle(actorId: string, command: C, options?: HandleOptions): Promise<HandleResult<E, State>>;

  /**
   * Returns the state of an actor. By default, it contains every event that was stored before the call.
   *
   * @throws `AETHER_UNKNOWN_EVENT`, `AETHER_INVALID_ARGUMENT`, `signal.reason`, and the errors that the store throws
   */
  load(actorId: string, options?: LoadOptions): Promise<LoadedState<State>>;

  /** Resolves when no snapshot is being saved. Call it before you close the store. Never rejects. */
  drain(): Promise<void>;

  /** Counters of this handler since it was created, for metrics. Each access returns a new object. */
  readonly counters: HandlerCounters;
}
