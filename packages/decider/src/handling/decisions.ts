import { abortable, type Event, VersionConflictError } from "@aether/core";
import type { HandleResult } from "../command-handler.ts";
import type { Counters } from "../counters.ts";
import { DecideCall } from "../decide-call.ts";
import type { Command, DecidedEvent, Decision } from "../decider.ts";
import type { Rules } from "../rules.ts";
import type { KnownState } from "../state/known-state.ts";
import type { StateReader } from "../state/state-reader.ts";
import type { CommandCall, DecidedCommit } from "./command-call.ts";
import { completeEvents } from "./events.ts";
import type { Repeats } from "./repeats.ts";

/** The end of a decision: events to save, or the result of the command if there is nothing to save. */
export type Step<E extends Event, State> = DecidedCommit<E, State> | { readonly result: HandleResult<E, State> };

type MaybePromise<T> = T | Promise<T>;

/** The result of `decide`: events, or the error that rejects the command. */
interface Outcome<E extends Event> {
  readonly drafts?: readonly DecidedEvent<E>[] | undefined;
  readonly rejection?: unknown;
}

/** The state that a decision is based on. A `KnownState` may advance while `decide` is running. */
type Basis<State> = Pick<KnownState<never, State>, "version" | "state" | "confirmedAt">;

/** Constructor options of {@link Decisions}. */
export interface DecisionsParts<E extends Event, C extends Command, State> {
  readonly rules: Rules<E, C, State>;
  readonly reader: StateReader<E, State>;
  readonly repeats: Repeats<E>;
  readonly counters: Counters;
  readonly emptyState: () => KnownState<E, State>;
}

/** Decides commands. With a state in the cache, most decisions need no promise, which makes them much faster. */
export class Decisions<E extends Event, C extends Command, State> {
  readonly #parts: DecisionsParts<E, C, State>;

  constructor(parts: DecisionsParts<E, C, State>) {
    this.#parts = parts;
  }

  /** Finds the state, and decides. @throws the error that rejects the command */
  decide(call: CommandCall<E, C, State>): MaybePromise<Step<E, State>> {
    const { counters, reader, emptyState } = this.#parts;
    const { actor } = call;
    // After a conflict, the state must contain the events that caused it.
    if (call.hasConflicted) return this.#decideAfter(call, this.read(call, reader.nextMoment()));
    if (actor.known !== undefined) {
      if (call.attempts === 1) counters.cacheHits++;
      return this.#decideOn(call, actor.known);
    }
    counters.cacheMisses++;
    if (call.expectedVersion !== 0) return this.#decideAfter(call, this.read(call, 0));
    // A new actor needs no read. If it has events, the save ends in a conflict, and a rejection is verified.
    return this.#decideOn(call, emptyState());
  }

  /** Reads the actor's new events, with a read that begins after a moment. */
  async read(call: CommandCall<E, C, State>, moment: number): Promise<KnownState<E, State>> {
    call.isUncertain = true;
    const known = await this.#parts.reader.readAfter(moment, call.actor, call.signal);
    call.isUncertain = false;
    return known;
  }

  /** Returns the result of a command whose events are stored. */
  storedResult(
    { attempts }: CommandCall<E, C, State>,
    { state, version }: KnownState<E, State>,
    events: readonly E[],
    repeated = true,
  ): { readonly result: HandleResult<E, State> } {
    if (repeated) this.#parts.counters.repeats++;
    return { result: { events, state, version, receipts: undefined, repeated, attempts } };
  }

  async #decideAfter(call: CommandCall<E, C, State>, reading: Promise<KnownState<E, State>>): Promise<Step<E, State>> {
    return this.#decideOn(call, await reading);
  }

  #decideOn(call: CommandCall<E, C, State>, known: KnownState<E, State>): MaybePromise<Step<E, State>> {
    if (this.#parts.repeats.mayFind(call, known)) return this.#decideUnlessRepeated(call, known);
    const { version, state, confirmedAt } = known;
    const outcome = this.#outcome(call, version, state);
    if (!isPromise(outcome)) return this.#conclude(call, outcome, known);
    return outcome.then((later) => this.#conclude(call, later, known, { version, state, confirmedAt }));
  }

  async #decideUnlessRepeated(call: CommandCall<E, C, State>, known: KnownState<E, State>): Promise<Step<E, State>> {
    const events = await this.#parts.repeats.find(call, known);
    // A history that was searched in vain is not searched again.
    return events === undefined ? this.#decideOn(call, known) : this.storedResult(call, known, events);
  }

  /** Calls `decide`. Never throws, except for the reason of the signal. */
  #outcome(call: CommandCall<E, C, State>, version: number, state: State): MaybePromise<Outcome<E>> {
    const { actorId, command, expectedVersion, signal } = call;
    if (expectedVersion !== undefined && expectedVersion !== version) {
      const conflict = { actorId, attemptedVersion: expectedVersion + 1, currentVersion: version };
      return { rejection: new VersionConflictError(conflict) };
    }
    try {
      const context = new DecideCall<E>(actorId, version, signal);
      const decision = this.#parts.rules.decide(state, command, context);
      if (isPromise(decision)) return laterOutcome(decision, command, context);
      return { drafts: context.draftsOf(decision, command) };
    } catch (rejection) {
      return { rejection };
    }
  }

  /** Turns an outcome into a step. Verifies it first, if it could be wrong. */
  #conclude(
    call: CommandCall<E, C, State>,
    outcome: Outcome<E>,
    known: KnownState<E, State>,
    basis: Basis<State> = known,
  ): MaybePromise<Step<E, State>> {
    const { drafts, rejection } = outcome;
    const { version, state, confirmedAt } = basis;
    if (drafts !== undefined && drafts.length > 0) return this.#commit(call, drafts, known, version, state);
    // If the state may be older than the command, so may be the answer.
    if (confirmedAt < call.arrivedAt) return this.#verify(call, outcome, version);
    if (drafts === undefined) throw rejection;
    return { result: { events: [], state, version, receipts: [], repeated: false, attempts: call.attempts } };
  }

  /** Reads the new events. If there are any, decides again. */
  async #verify(call: CommandCall<E, C, State>, outcome: Outcome<E>, version: number): Promise<Step<E, State>> {
    this.#parts.counters.verifications++;
    const known = await this.read(call, call.arrivedAt);
    return known.version === version ? this.#conclude(call, outcome, known) : this.#decideOn(call, known);
  }

  #commit(
    call: CommandCall<E, C, State>,
    drafts: readonly DecidedEvent<E>[],
    known: KnownState<E, State>,
    version: number,
    state: State,
  ): DecidedCommit<E, State> {
    const events = completeEvents(drafts, call, version);
    let nextState = state;
    for (const event of events) nextState = this.#parts.rules.evolve(nextState, event);
    return { events, known, version, nextState };
  }
}

async function laterOutcome<E extends Event>(
  decision: Promise<Decision<E>>,
  command: Command,
  context: DecideCall<E>,
): Promise<Outcome<E>> {
  const { signal } = context;
  try {
    return { drafts: context.draftsOf(await abortable(decision, signal), command) };
  } catch (rejection) {
    signal?.throwIfAborted();
    return { rejection };
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as PromiseLike<T> | undefined)?.then === "function";
}
