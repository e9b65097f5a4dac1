import type { Event } from "@aether/core";
import { type Command, type DecideContext, type Decider, type Decision, initialStateOf } from "./decider.ts";
import { UnknownCommandError, UnknownEventError } from "./errors.ts";

type Decide<E extends Event, C extends Command, State> = (
  state: State,
  command: C,
  context: DecideContext<E>,
) => Decision<E> | Promise<Decision<E>>;

/** A decider that can be called with any command and any event. */
export class Rules<E extends Event, C extends Command, State> {
  readonly #decider: Decider<E, C, State>;
  // Maps, because a command from outside may have a type such as "constructor".
  readonly #decide: ReadonlyMap<string, Decide<E, C, State>>;
  readonly #evolve: ReadonlyMap<string, (state: State, event: E) => State>;

  constructor(decider: Decider<E, C, State>) {
    this.#decider = decider;
    this.#decide = new Map(Object.entries(decider.decide));
    this.#evolve = new Map(Object.entries(decider.evolve));
  }

  initialState(): State {
    return initialStateOf(this.#decider);
  }

  /** Calls the function for the command. @throws `AETHER_UNKNOWN_COMMAND`, and whatever the function throws */
  decide(state: State, command: C, context: DecideContext<E>): Decision<E> | Promise<Decision<E>> {
    const decide = this.#decide.get(command?.type);
    if (decide === undefined) throw new UnknownCommandError({ commandType: String(command?.type) });
    return decide(state, command, context);
  }

  /** Returns the state after an event. @throws `AETHER_UNKNOWN_EVENT`, and whatever `evolve` throws */
  evolve(state: State, event: E): State {
    const evolve = this.#evolve.get(event.eventType);
    if (evolve === undefined) {
      const { actorId, eventType, version } = event;
      throw new UnknownEventError({ actorId, eventType, version });
    }
    return evolve(state, event);
  }
}
