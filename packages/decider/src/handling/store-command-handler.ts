import {
  type CallOptions,
  type Event,
  type EventStore,
  invalid,
  isAetherError,
  isVersionConflictError,
  type NewEvent,
  type SaveReceipt,
  supports,
  UnsupportedError,
} from "@aether/core";
import { type AttemptEnd, type RetryableError, retryAttempts } from "@aether/retry";
import type {
  CommandHandler,
  CommandHandlerOptions,
  HandleOptions,
  HandleResult,
  LoadedState,
  LoadOptions,
} from "../command-handler.ts";
import { type Counters, type HandlerCounters, newCounters } from "../counters.ts";
import { type Command, type Decider, defineDecider } from "../decider.ts";
import { Rules } from "../rules.ts";
import { Snapshots } from "../snapshots/snapshots.ts";
import type { Actor } from "../state/actor.ts";
import { Actors } from "../state/actors.ts";
import { KnownState } from "../state/known-state.ts";
import { StateReader } from "../state/state-reader.ts";
import { CommandCall, checkCallOptions, checkHandleOptions, type DecidedCommit, metadataOf } from "./command-call.ts";
import { Decisions } from "./decisions.ts";
import { type HandlerSettings, handlerSettings } from "./handler-settings.ts";
import { Repeats } from "./repeats.ts";

/**
 * Creates a handler of commands. Create one for each store and decider, and keep it: it contains the cache.
 *
 * The store may also have events of other actors that the decider does not know.
 *
 * @throws `AETHER_INVALID_ARGUMENT` for an invalid decider or invalid options
 *
 * @example
 * ```ts
 * const handler = commandHandler(store, orders);
 * const { events, state } = await handler.handle("order-1", { type: "ShipOrder", carrier: "DHL" });
 * ```
 */
export function commandHandler<E extends Stored, C extends Command, State, Stored extends Event = E>(
  store: EventStore<Stored>,
  decider: Decider<E, C, State>,
  options: CommandHandlerOptions = {},
): CommandHandler<E, C, State> {
  // The decider's own actors have only its events. An unknown one is found when it is read.
  return new StoreCommandHandler(store as EventStore as EventStore<E>, decider, options);
}

/** A {@link CommandHandler} on a store. */
class StoreCommandHandler<E extends Event, C extends Command, State> implements CommandHandler<E, C, State> {
  readonly #store: EventStore<E>;
  readonly #settings: HandlerSettings;
  readonly #counters: Counters = newCounters();
  readonly #actors: Actors<E, State>;
  readonly #reader: StateReader<E, State>;
  readonly #snapshots: Snapshots<E, State> | undefined;
  readonly #repeats: Repeats<E>;
  readonly #decisions: Decisions<E, C, State>;

  constructor(store: EventStore<E>, decider: Decider<E, C, State>, options: CommandHandlerOptions) {
    if (typeof store?.saveEvent !== "function") throw invalid("store", "must be an event store");
    const { snapshot: codec } = defineDecider(decider);
    const settings = handlerSettings(options);
    const rules = new Rules(decider);
    const actors = new Actors<E, State>(settings.maxActors);
    const counters = this.#counters;
    const emptyState = () => new KnownState(rules, settings.rememberCommands);
    const release = (actor: Actor<E, State>): void => actors.release(actor);
    this.#store = store;
    this.#settings = settings;
    this.#actors = actors;
    if (codec !== undefined && supports(store, "snapshots")) {
      const { snapshotEvery: everyEvents, onSnapshotFailed: onFailure } = settings;
      this.#snapshots = new Snapshots({ store, codec, everyEvents, counters, onFailure, release });
    }
    this.#reader = new StateReader({
      store,
      clock: settings.retry.clock,
      counters,
      snapshots: this.#snapshots,
      emptyState,
      release,
    });
    this.#repeats = new Repeats(store, settings.searchesHistory);
    const [reader, repeats] = [this.#reader, this.#repeats];
    this.#decisions = new Decisions({ rules, reader, repeats, counters, emptyState });
  }

  get counters(): HandlerCounters {
    const { size: actors, evictions } = this.#actors;
    return { ...this.#counters, evictions, actors };
  }

  async handle(actorId: string, command: C, options: HandleOptions = {}): Promise<HandleResult<E, State>> {
    const { retry } = this.#settings;
    checkHandleOptions(options);
    const { signal } = options;
    signal?.throwIfAborted();
    const metadata = metadataOf(options);
    const startedMs = retry.clock.now();
    const arrivedAt = this.#reader.nextMoment();
    const actor = this.#actors.take(actorId);
    const call = new CommandCall<E, C, State>(actor, command, options, metadata, arrivedAt, startedMs);
    if (!actor.tryEnter()) await actor.enter(signal);
    try {
      this.#counters.commands++;
      // The loop is slower than an attempt without it, so it begins when the first attempt has failed.
      const first = retry.policy.admit === undefined ? await this.#attempt(call) : undefined;
      if (first !== undefined && "result" in first) return first.result;
      return await this.#attemptInLoop(call, first?.error);
    } catch (error) {
      if (call.isUncertain) actor.known = undefined;
      throw error;
    } finally {
      actor.leave();
      this.#actors.release(actor);
    }
  }

  async load(actorId: string, options: LoadOptions = {}): Promise<LoadedState<State>> {
    checkCallOptions(options);
    const { maxAgeMs = 0, signal } = options;
    if (!(maxAgeMs >= 0)) throw invalid("maxAgeMs", `must be a number of at least 0, but is ${String(maxAgeMs)}`);
    signal?.throwIfAborted();
    const actor = this.#actors.take(actorId);
    try {
      const oldestMs = maxAgeMs === 0 ? Number.POSITIVE_INFINITY : this.#settings.retry.clock.now() - maxAgeMs;
      const isFresh = actor.known !== undefined && actor.known.confirmedMs >= oldestMs;
      const { state, version } =
        isFresh && actor.known !== undefined
          ? actor.known
          : await this.#reader.readAfter(this.#reader.nextMoment(), actor, signal);
      return { state, version };
    } finally {
      this.#actors.release(actor);
    }
  }

  async drain(): Promise<void> {
    await this.#snapshots?.drain();
  }

  // In a function of its own, because a closure would make every call of `handle` slower.
  #attemptInLoop(
    call: CommandCall<E, C, State>,
    firstError: RetryableError | undefined,
  ): Promise<HandleResult<E, State>> {
    const { actorId, signal, startedMs } = call;
    const settings = { ...this.#settings.retry, signal, startedMs, firstError };
    return retryAttempts(actorId, settings, () => this.#attempt(call));
  }

  /** Makes one attempt: finds the state, decides, and saves. */
  async #attempt(call: CommandCall<E, C, State>): Promise<AttemptEnd<HandleResult<E, State>>> {
    call.attempts++;
    const deciding = call.unsettled ?? this.#decisions.decide(call);
    const step = deciding instanceof Promise ? await deciding : deciding;
    if ("result" in step) return step;
    const savedAt = this.#reader.nextMoment();
    call.isUncertain = true;
    this.#counters.saves++;
    try {
      return this.#acknowledged(call, step, await this.#send(step.events, call.options), savedAt);
    } catch (error) {
      return this.#endOfFailedSave(call, step, error);
    }
  }

  /** Saves events. Not asynchronous itself, because each promise takes time. */
  #send(events: readonly E[], options: CallOptions | undefined): Promise<SaveReceipt | readonly SaveReceipt[]> {
    const store = this.#store;
    if (events.length === 1) return store.saveEvent(events[0] as NewEvent<E>, options);
    if (!supports(store, "batch")) throw new UnsupportedError({ capability: "batch" });
    return store.saveEvents(events as readonly NewEvent<E>[], options);
  }

  #acknowledged(
    call: CommandCall<E, C, State>,
    { events, known, version: before, nextState }: DecidedCommit<E, State>,
    answer: SaveReceipt | readonly SaveReceipt[],
    savedAt: number,
  ): AttemptEnd<HandleResult<E, State>> {
    call.isUncertain = false;
    known.addSaved(events, before, nextState);
    known.confirm(savedAt, call.startedMs);
    call.actor.keep(known);
    this.#snapshots?.saveIfDue(call.actor, known);
    const { state, version } = known;
    const receipts = Array.isArray(answer) ? answer : [answer as SaveReceipt];
    return { saved: true, result: { events, state, version, receipts, repeated: false, attempts: call.attempts } };
  }

  async #endOfFailedSave(
    call: CommandCall<E, C, State>,
    commit: DecidedCommit<E, State>,
    error: unknown,
  ): Promise<AttemptEnd<HandleResult<E, State>>> {
    call.unsettled = undefined;
    if (isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) {
      call.unsettled = commit;
      call.hadUnknownOutcome = true;
      return { error };
    }
    if (!isVersionConflictError(error)) throw error;
    call.isUncertain = false;
    call.hasConflicted = true;
    this.#counters.conflicts++;
    if (call.expectedVersion === undefined && !error.sameEvent) return { error };
    const known = await this.#decisions.read(call, this.#reader.nextMoment());
    if (error.sameEvent) {
      // The stored events may differ from the decided ones, if `decide` chose the ids.
      const events = await this.#repeats.readCommit(call, commit);
      return this.#decisions.storedResult(call, known, events, !call.hadUnknownOutcome);
    }
    const events = await this.#repeats.find(call, known);
    if (events === undefined) throw error;
    return this.#decisions.storedResult(call, known, events);
  }
}
