import { type CallOptions, type Event, type EventMetadata, invalid, MetadataKeys } from "@aether/core";
import type { HandleOptions } from "../command-handler.ts";
import type { Command } from "../decider.ts";
import type { Actor } from "../state/actor.ts";
import type { KnownState } from "../state/known-state.ts";
import { frozenCopy, isPlainObject } from "./json-copy.ts";

/** Events that are decided, but whose save has not been acknowledged. */
export interface DecidedCommit<E extends Event, State> {
  readonly events: readonly E[];
  /** Version of the state that the decision is based on. */
  readonly version: number;
  /** The state that the decision is based on. Reads for other calls may have advanced it. */
  readonly known: KnownState<E, State>;
  /** State after the events. */
  readonly nextState: State;
}

/** One call of `handle`, and its progress. */
export class CommandCall<E extends Event, C extends Command, State> {
  readonly actor: Actor<E, State>;
  readonly actorId: string;
  readonly command: C;
  readonly expectedVersion: number | undefined;
  readonly commandId: string | undefined;
  /** Metadata of all events of the command. */
  readonly metadata: EventMetadata | undefined;
  readonly signal: AbortSignal | undefined;
  /** Options of the saves. */
  readonly options: CallOptions | undefined;
  /** Moment at which the command came. */
  readonly arrivedAt: number;
  readonly startedMs: number;
  /** Number of attempts so far, including the current one. */
  attempts = 0;
  /** The commit whose last save had an unknown outcome. */
  unsettled: DecidedCommit<E, State> | undefined;
  /** True if any save had an unknown outcome. */
  hadUnknownOutcome = false;
  /** True if a save ended in a conflict, so that the next attempt must read the new events. */
  hasConflicted = false;
  /** True while the store has not answered, or if it answered with an error after which the state is not kept. */
  isUncertain = false;
  /** Version up to which the history was searched for the command id. */
  searchedTo = 0;

  /** The options must be checked. */
  constructor(
    actor: Actor<E, State>,
    command: C,
    { expectedVersion, commandId, signal }: HandleOptions,
    metadata: EventMetadata | undefined,
    arrivedAt: number,
    startedMs: number,
  ) {
    this.actor = actor;
    this.actorId = actor.id;
    this.command = command;
    this.expectedVersion = expectedVersion;
    this.commandId = commandId;
    this.metadata = metadata;
    this.signal = signal;
    this.options = signal && { signal };
    this.arrivedAt = arrivedAt;
    this.startedMs = startedMs;
  }
}

/** Checks the options of a call and their signal. @throws `AETHER_INVALID_ARGUMENT` */
export function checkCallOptions(options: CallOptions): void {
  if (Object(options) !== options) throw invalid("options", "must be an object");
  const { signal } = options;
  const isSignal = signal === undefined || typeof (signal as AbortSignal | null)?.throwIfAborted === "function";
  if (!isSignal) throw invalid("signal", "must be an AbortSignal");
}

/** @throws `AETHER_INVALID_ARGUMENT` */
export function checkHandleOptions(options: HandleOptions): void {
  checkCallOptions(options);
  const { expectedVersion, commandId, metadata } = options;
  if (expectedVersion !== undefined && !(Number.isSafeInteger(expectedVersion) && expectedVersion >= 0)) {
    throw invalid("expectedVersion", `must be an integer of at least 0, but is ${String(expectedVersion)}`);
  }
  if (commandId !== undefined && (typeof commandId !== "string" || commandId === "")) {
    throw invalid("commandId", "must be a non-empty string");
  }
  // A spread would turn other values into metadata without a part of their contents.
  if (metadata !== undefined && !isPlainObject(metadata)) throw invalid("metadata", "must be a plain object");
}

/** Returns the metadata of all events of a command. */
export function metadataOf({ metadata, commandId }: HandleOptions): EventMetadata | undefined {
  if (metadata === undefined && commandId === undefined) return undefined;
  // Only the option sets the id of a command, because metadata is often copied from another event.
  return frozenCopy({ ...metadata, [MetadataKeys.commandId]: commandId }) as EventMetadata;
}
