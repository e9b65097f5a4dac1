import type { JsonData } from "./json.ts";

/**
 * Something that happened to one actor. Immutable: stores and buses hand out deeply frozen events.
 *
 * Its JSON form has exactly these camelCase fields, so that a program in another language can read it.
 *
 * @typeParam Type - the literal type of `eventType`
 * @typeParam Data - the shape of `data`
 */
export interface Event<Type extends string = string, Data extends object = object> {
  /** Identifies this event everywhere, for ever. Not empty. Stores fill in a UUID where the writer gave none. */
  readonly id: string;
  /** What happened, in the past tense: `"OrderPlaced"`. Not empty. */
  readonly eventType: Type;
  /** The actor (aggregate, entity, stream) that it happened to. Any string that is not empty and is well-formed Unicode. */
  readonly actorId: string;
  /** The place in the actor's history: an integer from 1 to `Number.MAX_SAFE_INTEGER`, strictly increasing per actor. */
  readonly version: number;
  /** The facts: a JSON object. */
  readonly data: Data;
  /** What is known around the event, string to string; see `MetadataKeys` for the usual keys. */
  readonly metadata?: EventMetadata;
  /** When it happened: an RFC 3339 date-time, kept to the letter. Stores fill in the current time where there is none. */
  readonly timestamp: string;
}

/** String-to-string notes that travel with an event. */
export type EventMetadata = Readonly<Record<string, string>>;

/**
 * The union of an application's events, from a map of their data. Declared once, it is claimed at the store
 * (`EventStore<OrderEvent>`) and narrows by `eventType`.
 *
 * @example
 * ```ts
 * type OrderEvent = EventsOf<{
 *   OrderPlaced: { sku: string; quantity: number };
 *   OrderShipped: { carrier: string };
 * }>;
 * ```
 */
export type EventsOf<DataByType extends Record<keyof DataByType, object>> = {
  [Type in keyof DataByType & string]: Event<Type, JsonData<DataByType[Type]>>;
}[keyof DataByType & string];

/** The member of the union `E` whose `eventType` is `Type`. */
export type EventOfType<E extends Event, Type extends E["eventType"]> = Extract<E, { readonly eventType: Type }>;

/** The data of the member of the union `E` whose `eventType` is `Type`. */
export type DataOf<E extends Event, Type extends E["eventType"]> = EventOfType<E, Type>["data"];

/** What a caller saves: like an event, but the store fills in `id` and `timestamp` where they are missing. */
export type NewEvent<E extends Event = Event> =
  E extends Event<infer Type, infer Data>
    ? {
        readonly eventType: Type;
        readonly actorId: string;
        readonly version: number;
        readonly data: Data;
        readonly metadata?: EventMetadata | undefined;
        readonly id?: string | undefined;
        readonly timestamp?: string | undefined;
      }
    : never;

/** An event without its place: what a decision function returns; whoever calls it assigns actor and version. */
// A mapped type, not a conditional one like NewEvent: it keeps literal types when a function's return type is inferred.
export type EventDraft<E extends Event = Event> = {
  [Type in E["eventType"]]: {
    readonly eventType: Type;
    readonly data: DataOf<E, Type>;
    readonly metadata?: EventMetadata | undefined;
    readonly id?: string | undefined;
    readonly timestamp?: string | undefined;
  };
}[E["eventType"]];
