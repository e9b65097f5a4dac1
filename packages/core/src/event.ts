import type { JsonData, JsonObject } from "./json.ts";

/**
 * A fact about one actor. Stores and buses return events deeply frozen.
 *
 * In JSON, an event has the same field names as here, so programs in other languages can read it.
 *
 * @typeParam Type - literal type of `eventType`
 * @typeParam Data - shape of `data`
 */
export interface Event<Type extends string = string, Data extends object = object> {
  /**
   * Globally unique, permanent identifier: any non-empty, well-formed Unicode text. Every store accepts at least 128
   * bytes of UTF-8; a store may reject a longer id, but never shortens it. The writer makes ids unique. A store does
   * not check this: it accepts an id that is already stored at another version or for another actor.
   */
  readonly id: string;
  /**
   * Type of the event, in the past tense: `"OrderPlaced"`. Any non-empty, well-formed Unicode text, with the same limit
   * as `id`.
   */
  readonly eventType: Type;
  /**
   * Id of the actor (aggregate, entity, stream) that the event belongs to: any non-empty, well-formed Unicode text,
   * with the same limit as `id`. Different texts are different actors.
   */
  readonly actorId: string;
  /**
   * Place in the actor's history: an integer from 1 to `Number.MAX_SAFE_INTEGER`. Each event of an actor has a greater
   * version than the event before it.
   */
  readonly version: number;
  /**
   * Facts about the event, as a JSON object. Text is kept unchanged, even if it is ill-formed Unicode: JSON escapes
   * lone surrogates.
   */
  readonly data: Data;
  /** Context of the event. `MetadataKeys` has the usual keys. */
  readonly metadata?: EventMetadata;
  /** Time of the event: an RFC 3339 date-time, stored exactly as the writer provided it. */
  readonly timestamp: string;
}

/** Context of an event: strings by name, stored with the event. The strings are kept unchanged, as in `data`. */
export type EventMetadata = Readonly<Record<string, string>>;

/**
 * Union of an application's events, declared as a map from event types to data types. Declare the union once and pass
 * it to the store: `EventStore<OrderEvent>`. The compiler then checks your saves against it, and a check of `eventType`
 * narrows an event that you read.
 *
 * Data must be a JSON object. If it contains a `Date`, a `bigint`, a function, a `Map` or a `Set`, the declaration does
 * not compile.
 *
 * @example
 * ```ts
 * type OrderEvent = EventsOf<{
 *   OrderPlaced: { sku: string; quantity: number };
 *   OrderShipped: { carrier: string };
 * }>;
 * ```
 */
export type EventsOf<DataByType extends { [Type in keyof DataByType]: JsonObject<DataByType[Type]> }> = {
  [Type in keyof DataByType & string]: Event<Type, JsonData<DataByType[Type]>>;
}[keyof DataByType & string];

/** Member of the union `E` whose `eventType` is `Type`. */
export type EventOfType<E extends Event, Type extends E["eventType"]> = Extract<E, { readonly eventType: Type }>;

/** Data of the member of the union `E` whose `eventType` is `Type`. */
export type DataOf<E extends Event, Type extends E["eventType"]> = EventOfType<E, Type>["data"];

/** Input of a save: an event whose `id` and `timestamp` may be left out. The store then adds them. */
// `E & {}` is `E`, but the compiler infers `E` from the store alone. `NoInfer<E>` would do that too, but the compiler
// does not look into it for the member with a given `eventType`.
export type NewEvent<E extends Event = Event> =
  | (E & {})
  | (E extends Event<infer Type, infer Data> ? NewEventOf<Type, Data> : never);

/** Input of a save, for one event type: see {@link NewEvent}. */
export interface NewEventOf<Type extends string, Data extends object>
  extends Omit<Event<Type, Data>, "id" | "metadata" | "timestamp"> {
  /** Globally unique, permanent identifier, as in `Event`. If it is missing, the store generates a UUID. */
  readonly id?: string | undefined;
  /** Context of the event. `MetadataKeys` has the usual keys. */
  readonly metadata?: EventMetadata | undefined;
  /** Time of the event: an RFC 3339 date-time. If it is missing, the store uses the current time. */
  readonly timestamp?: string | undefined;
}

/**
 * Parameter of `saveEvent`: a {@link NewEvent}. There is no value of the type `Unmatched`. It makes the compiler look
 * for the member with the given `eventType`, so that an error in `data` names only the data of that type.
 */
export type EventInput<E extends Event = Event> = NewEvent<E> | Unmatched;

/** Member of {@link EventInput} without values. Its property `data` must be missing. */
export interface Unmatched extends Omit<NewEventOf<never, object>, "data"> {}

/** Event that a decision returns, without an actor and a version. The code that runs the decision adds both. */
// A mapped type keeps literal types when the return type of a function is inferred; a conditional type would not.
export type EventDraft<E extends Event = Event> = {
  [Type in E["eventType"]]: {
    readonly eventType: Type;
    readonly data: DataOf<E, Type>;
    readonly metadata?: EventMetadata | undefined;
    readonly id?: string | undefined;
    readonly timestamp?: string | undefined;
  };
}[E["eventType"]];
