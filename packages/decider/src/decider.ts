import { type DataOf, type Event, type EventDraft, type EventMetadata, type EventOfType, invalid } from "@aether/core";
import { freezeDeeply } from "./freeze-state.ts";

/** A command: its type, and whatever else it carries. */
export interface Command {
  /** Type of the command, in the imperative: `"PayOrder"`. */
  readonly type: string;
}

/**
 * Union of an application's commands, declared as a map from command types to the other properties of the command.
 *
 * @example
 * ```ts
 * type OrderCommand = CommandsOf<{ PlaceOrder: { item: string }; ShipOrder: { carrier: string } }>;
 * ```
 */
export type CommandsOf<DataByType extends { [Type in keyof DataByType]: object }> = {
  [Type in keyof DataByType & string]: { readonly type: Type } & Readonly<DataByType[Type]>;
}[keyof DataByType & string];

declare const decided: unique symbol;

/** Event that `decide` returns. Only {@link MakeEvent} makes one, so that undeclared data is a compile error. */
export type DecidedEvent<E extends Event = Event> = EventDraft<E> & {
  /** Exists only in the type. A plain object is not accepted: the compiler would not find undeclared data in it. */
  readonly [decided]: true;
};

/** Optional fields of an event that {@link MakeEvent} makes. */
export interface EventExtras {
  /** Context of the event. It takes precedence over the metadata of the call. */
  readonly metadata?: EventMetadata | undefined;
  /** Id of the event. If it is missing, the store generates one. */
  readonly id?: string | undefined;
  /** Time of the event: an RFC 3339 date-time. If it is missing, the store uses the time of the save. */
  readonly timestamp?: string | undefined;
}

/** Makes an event that `decide` can return. The compiler checks its data where the literal is written. */
export type MakeEvent<E extends Event> = <Type extends E["eventType"]>(
  eventType: Type,
  data: DataOf<E, Type>,
  extras?: EventExtras,
) => Extract<DecidedEvent<E>, { readonly eventType: Type }>;

/** Third argument of a function that decides. */
export interface DecideContext<E extends Event = Event> {
  /** Makes an event: `event("OrderPaid", { amount: 5 })`. */
  readonly event: MakeEvent<E>;
  /** Id of the actor that the command is for. */
  readonly actorId: string;
  /** Version of the last event in the state; 0 if there is none. */
  readonly version: number;
  /** The signal of the call. */
  readonly signal: AbortSignal | undefined;
}

/**
 * The result of a decision: one event, several in order, or nothing to save. A function that has made an event, but
 * saves nothing, returns `[]`: without a result, it is taken for one that lacks its `return`.
 */
// `void` lets a function end without a `return`.
// biome-ignore lint/suspicious/noConfusingVoidType: see above
export type Decision<E extends Event = Event> = DecidedEvent<E> | readonly DecidedEvent<E>[] | undefined | void;

/** A function for each command type. It returns the events that the command causes, or throws to reject the command. */
export type DecideMap<E extends Event, C extends Command, State> = {
  readonly [Type in C["type"]]: (
    state: State,
    command: Extract<C, { readonly type: Type }>,
    context: DecideContext<E>,
  ) => Decision<E> | Promise<Decision<E>>;
};

/** A pure function for each event type. It returns the state after the event. */
export type EvolveMap<E extends Event, State> = {
  readonly [Type in E["eventType"]]: (state: State, event: EventOfType<E, Type>) => State;
};

/** Conversion of states to JSON and back, for snapshots. */
export interface SnapshotCodec<State> {
  /** Version of the JSON form. Snapshots of other versions are ignored: change it if the state or `evolve` changes. */
  readonly version: number | string;
  /** Returns the JSON form of a state. */
  readonly toJson: (state: State) => object;
  /** Returns the state of a JSON form, which is deeply frozen. */
  readonly fromJson: (json: never) => State;
}

/** Input of {@link defineDecider}. */
export interface DeciderDefinition<E extends Event, C extends Command, State> {
  /**
   * State of an actor without events, or a function that returns it. Its plain objects and arrays are frozen, at every
   * depth.
   */
  readonly initialState: State | (() => State);
  /**
   * Decides which events a command causes, by command type. A function may be called several times for one command, so
   * it must have no side effects. It may be asynchronous.
   */
  readonly decide: DecideMap<E, C, State>;
  /** Computes the next state, by event type. The functions must be pure, and must not change their arguments. */
  readonly evolve: EvolveMap<E, State>;
  /**
   * Conversion of states to JSON and back. Without it, no snapshots are saved.
   * @default none
   */
  readonly snapshot?: SnapshotCodec<State> | undefined;
}

/** The rules of one kind of actor: its initial state, its decisions, and the effect of its events. */
export interface Decider<E extends Event = Event, C extends Command = Command, State = unknown>
  extends DeciderDefinition<E, C, State> {
  /** Exists only in the type, so that the compiler can infer the types of a decider. */
  readonly __types?: { readonly event: E; readonly command: C; readonly state: State };
}

/**
 * Defines a decider. A missing function, an unknown type, undeclared data and a wrong state are compile errors.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if a part of the definition is missing or is not a function
 *
 * @example
 * ```ts
 * type OrderEvent = EventsOf<{ OrderPlaced: { item: string }; OrderShipped: { carrier: string } }>;
 * type OrderCommand = CommandsOf<{ PlaceOrder: { item: string }; ShipOrder: { carrier: string } }>;
 * type Order = { status: "none" | "placed" | "shipped" };
 *
 * const orders = defineDecider<OrderEvent, OrderCommand, Order>({
 *   initialState: { status: "none" },
 *   decide: {
 *     PlaceOrder: (order, { item }, { event }) => {
 *       if (order.status === "none") return event("OrderPlaced", { item });
 *     },
 *     ShipOrder: (order, { carrier }, { event }) => {
 *       if (order.status === "none") throw new Error("there is no such order");
 *       if (order.status === "placed") return event("OrderShipped", { carrier });
 *     },
 *   },
 *   evolve: {
 *     OrderPlaced: () => ({ status: "placed" }),
 *     OrderShipped: () => ({ status: "shipped" }),
 *   },
 * });
 * ```
 */
export function defineDecider<E extends Event, C extends Command, State>(
  definition: DeciderDefinition<E, C, State>,
): Decider<E, C, State> {
  checkObject("definition", definition);
  checkFunctions("decide", definition.decide);
  checkFunctions("evolve", definition.evolve);
  const { initialState, decide, evolve, snapshot } = definition;
  if (snapshot !== undefined) {
    const { version, toJson, fromJson } = checkObject("snapshot", snapshot);
    if (typeof version !== "number" && typeof version !== "string") {
      throw invalid("snapshot.version", "must be a number or a string");
    }
    checkFunctions("snapshot", { toJson, fromJson });
  }
  return Object.freeze({ initialState, decide, evolve, snapshot });
}

/** Returns the state of an actor without events, deeply frozen, because actors may share it. */
export function initialStateOf<State>({ initialState }: { readonly initialState: State | (() => State) }): State {
  return freezeDeeply(typeof initialState === "function" ? (initialState as () => State)() : initialState);
}

function checkObject<Value>(argument: string, value: Value): Value {
  if (Object(value) !== value) throw invalid(argument, "must be an object");
  return value;
}

function checkFunctions(argument: string, functions: object): void {
  for (const [key, value] of Object.entries(checkObject(argument, functions))) {
    if (typeof value !== "function") throw invalid(`${argument}.${key}`, "must be a function");
  }
}
