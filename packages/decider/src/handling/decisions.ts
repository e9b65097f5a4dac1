import { abortable, type Event, VersionConflictError } from "@aether/core";
import type { HandleResult } from "../command-handler.ts";
import type { Counters } from "../counters.ts";
import { type Command, type DecidedEvent, type Decision, type MakeEvent, makeEvent } from "../decider.ts";
import { draftsOf, type Rules } from "../rules.ts";
import type { Actor } from "../state/actor.ts";
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
  decide(call: CommandCall<E, C, State>, actor: Actor<E, State>, attempt: number): MaybePromise<Step<E, State>> {
    const { counters, reader, emptyState } = this.#parts;
    // After a conflict, the state must contain the events that caused it.
    if (call.hasConflicted) return this.#decideAfter(this.read(call, actor, reader.nextMoment()), call, actor, attempt);
    if (actor.known !== undefined) {
      if (attempt === 1) counters.cacheHits++;
      return this.#decideOn(actor.known, call, actor, attempt);
    }
    counters.cacheMisses++;
    if (call.expectedVersion !== 0) return this.#decideAfter(this.read(call, actor, 0), call, actor, attempt);
    // A new actor needs no read. If it has events, the save ends in a conflict, and a rejection is verified.
    actor.known = emptyState();
    return this.#decideOn(actor.known, call, actor, attempt);
  }

  /** Reads the actor's new events, with a read that begins after a moment. */
  async read(call: CommandCall<E, C, State>, actor: Actor<E, State>, moment: number): Promise<KnownState<E, State>> {
    call.isUncertain = true;
    const known = await this.#parts.reader.readAfter(moment, actor, call.signal);
    call.isUncertain = false;
    return known;
  }

  /** Returns the result of a command whose events are stored. */
  storedResult(
    { state, version }: Pick<KnownState<E, State>, "state" | "version">,
    events: readonly E[],
    attempts: number,
    repeated = true,
  ): { readonly result: HandleResult<E, State> } {
    if (repeated) this.#parts.counters.repeats++;
    return { result: { events, state, version, receipts: undefined, repeated, attempts } };
  }

  async #decideAfter(
    reading: Promise<KnownState<E, State>>,
    call: CommandCall<E, C, State>,
    actor: Actor<E, State>,
    attempt: number,
  ): Promise<Step<E, State>> {
    return this.#decideOn(await reading, call, actor, attempt);
  }

  #decideOn(
    known: KnownState<E, State>,
    call: CommandCall<E, C, State>,
    actor: Actor<E, State>,
    attempt: number,
  ): MaybePromise<Step<E, State>> {
    if (this.#parts.repeats.mayFind(call, known)) return this.#decideUnlessRepeated(known, call, actor, attempt);
    const { version, state, confirmedAt } = known;
    const outcome = this.#outcome(call, version, state);
    if (isPromise(outcome)) {
      const basis = { version, state, confirmedAt };
      return outcome.then((later) => this.#conclude(later, basis, call, actor, attempt));
    }
    return this.#conclude(outcome, known, call, actor, attempt);
  }

  async #decideUnlessRepeated(
    known: KnownState<E, State>,
    call: CommandCall<E, C, State>,
    actor: Actor<E, State>,
    attempt: number,
  ): Promise<Step<E, State>> {
    const events = await this.#parts.repeats.find(call, known);
    // If the history was searched in vain, the next step does not search it again.
    return events === undefined
      ? this.#decideOn(known, call, actor, attempt)
      : this.storedResult(known, events, attempt);
  }

  /** Calls `decide`. Never throws, except for the reason of the signal. */
  #outcome(call: CommandCall<E, C, State>, version: number, state: State): MaybePromise<Outcome<E>> {
    const { actorId, command, expectedVersion, signal } = call;
    if (expectedVersion !== undefined && expectedVersion !== version) {
      const conflict = { actorId, attemptedVersion: expectedVersion + 1, currentVersion: version };
      return { rejection: new VersionConflictError(conflict) };
    }
    try {
      const context = { event: makeEvent as MakeEvent<E>, actorId, version, signal };
      const decision = this.#parts.rules.decide(state, command, context);
      return isPromise(decision) ? laterOutcome(decision, signal) : { drafts: draftsOf(decision) };
    } catch (rejection) {
      return { rejection };
    }
  }

  #conclude(
    { drafts, rejection }: Outcome<E>,
    basis: Basis<State>,
    call: CommandCall<E, C, State>,
    actor: Actor<E, State>,
    attempt: number,
  ): MaybePromise<Step<E, State>> {
    const { version, state, confirmedAt } = basis;
    if (drafts !== undefined && drafts.length > 0) return this.#commit(call, version, state, drafts);
    // If the state may be older than the command, the answer may be wrong.
    if (confirmedAt < call.arrivedAt) return this.#verify({ drafts, rejection }, version, call, actor, attempt);
    if (drafts === undefined) throw rejection;
    return { result: { events: [], state, version, receipts: [], repeated: false, attempts: attempt } };
  }

  /** Reads the new events. If there are any, decides again. */
  async #verify(
    outcome: Outcome<E>,
    version: number,
    call: CommandCall<E, C, State>,
    actor: Actor<E, State>,
    attempt: number,
  ): Promise<Step<E, State>> {
    this.#parts.counters.verifications++;
    const known = await this.read(call, actor, call.arrivedAt);
    return known.version === version
      ? this.#conclude(outcome, known, call, actor, attempt)
      : this.#decideOn(known, call, actor, attempt);
  }

  #commit(
    call: CommandCall<E, C, State>,
    version: number,
    state: State,
    drafts: readonly DecidedEvent<E>[],
  ): DecidedCommit<E, State> {
    const events = completeEvents(drafts, call, version);
    let nextState = state;
    for (const event of events) nextState = this.#parts.rules.evolve(nextState, event);
    return { events, version, nextState };
  }
}

async function laterOutcome<E extends Event>(
  decision: Promise<Decision<E>>,
  signal: AbortSignal | undefined,
): Promise<Outcome<E>> {
  try {
    return { drafts: draftsOf(await abortable(decision, signal)) };
  } catch (rejection) {
    signal?.throwIfAborted();
    return { rejection };
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as PromiseLike<T> | undefined)?.then === "function";
}
