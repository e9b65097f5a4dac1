import type { Event } from "@aether/core";
import { freezeShallowly } from "../freeze-state.ts";
import { CommandIds, type CommandIdsJson } from "./command-ids.ts";

/** A state in the JSON form of a snapshot, after it was checked and converted. */
export interface RestoredState<State> {
  readonly version: number;
  readonly state: State;
  readonly commandIds: CommandIdsJson;
}

/** The part of a decider that computes states. */
export interface Fold<E extends Event, State> {
  initialState(): State;
  evolve(state: State, event: E): State;
}

/**
 * The state of an actor after some of its events: those up to a version, without exception. It contains only events
 * that were read, or whose save was acknowledged. It never goes back.
 *
 * The state is frozen, so that an `evolve` that changes it fails: its result may never be saved.
 */
export class KnownState<E extends Event, State> {
  readonly #fold: Fold<E, State>;
  readonly commandIds: CommandIds;
  version = 0;
  state: State;
  /** Moment at which the read or save began that last confirmed the state; 0 if there was none. */
  confirmedAt = 0;
  /** The same moment in milliseconds, by the clock of the handler. */
  confirmedMs: number = Number.NEGATIVE_INFINITY;

  constructor(fold: Fold<E, State>, rememberedCommands: number) {
    this.#fold = fold;
    this.state = fold.initialState();
    this.commandIds = new CommandIds(rememberedCommands);
  }

  /** Adds the events of a read. Ignores those that the state already contains. If `evolve` throws, adds none. */
  addRead(events: readonly E[]): void {
    let { state } = this;
    const added = events[0] !== undefined && events[0].version > this.version ? events : events.filter(this.#isNew);
    for (const event of added) state = this.#fold.evolve(state, event);
    this.#advance(added, state);
  }

  /** Adds the events of an acknowledged save. `before` and `after` are the versions and states around them. */
  addSaved(events: readonly E[], before: number, after: State): void {
    // A read in the meantime may have found the events.
    if (this.version === before) this.#advance(events, after);
  }

  /** Adds a snapshot, if it is newer and has enough command ids. */
  addSnapshot({ version, state, commandIds }: RestoredState<State>): void {
    if (version <= this.version || !this.commandIds.accepts(commandIds)) return;
    this.commandIds.restore(commandIds); // first, because it throws if a foreign snapshot has other contents
    this.version = version;
    this.state = freezeShallowly(state);
  }

  /** Notes that the state contained all events at a moment. */
  confirm(moment: number, ms: number): void {
    if (moment <= this.confirmedAt) return;
    this.confirmedAt = moment;
    this.confirmedMs = ms;
  }

  readonly #isNew = ({ version }: E): boolean => version > this.version;

  #advance(events: readonly E[], state: State): void {
    for (const event of events) this.commandIds.add(event);
    this.version = events.at(-1)?.version ?? this.version;
    this.state = freezeShallowly(state);
  }
}
