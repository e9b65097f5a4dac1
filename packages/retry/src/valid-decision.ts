import type { Event, EventDraft, EventOfType, Immutable } from "@aether/core";
import type { Attempt, Decision } from "./decide.ts";

/**
 * Type in the compile error for a decision that the events do not allow. `Reason` names the offending property.
 *
 * @example
 * ```ts
 * // @ts-expect-error data.colour is not declared
 * await appendWithRetry(store, "order-1", () => ({ eventType: "OrderPlaced", data: { item: "lamp", colour: "red" } }));
 * ```
 */
export interface InvalidDecision<Reason extends string> {
  /** The offending property, and the reason. */
  readonly __invalid: Reason;
}

/**
 * A function that decides, or any other function of an attempt. {@link ValidDecision} checks its result, so that the
 * compile error begins with the reason. `Decision` makes the compiler keep literal types in an object literal.
 */
export type AnyDecide<E extends Event> = (
  attempt: Attempt<E>,
) => Decision<E> | Promise<Decision<E>> | object | string | number | bigint | boolean | symbol | null | undefined;

/**
 * `unknown` if `D` returns decisions, and the events `E` declare every property that it returns; otherwise a type that
 * no function satisfies.
 *
 * The compiler rejects undeclared properties in an object literal, but accepts them in the result of a callback. Events
 * are stored forever, so this type makes the compiler reject undeclared properties in both cases.
 */
export type ValidDecision<E extends Event, D extends AnyDecide<E>> =
  Box<ReturnType<D>> extends Box<Decision<E> | Promise<Decision<E>>>
    ? [DeclaredAlready<E, ReturnType<D>>] extends [never]
      ? Rejection<`${UndeclaredBy<E, Awaited<ReturnType<D>>>} is not declared`>
      : unknown
    : [ProblemsOf<E, Awaited<ReturnType<D>>>] extends [never]
      ? InvalidDecision<"must return an event, an array of events, or undefined">
      : Rejection<ProblemsOf<E, Awaited<ReturnType<D>>>>;

// The mapped type removes the name of the alias that `Reason` comes from. The error would show it, not the reasons.
type Rejection<Reason extends string> = [Reason] extends [never]
  ? unknown
  : InvalidDecision<{ [Each in Reason]: Each }[Reason]>;

// In generic code, `E` is not known yet, and neither are the properties of its drafts. A result whose type is a draft
// of `E` has only declared properties. `Box` makes the compiler compare the types at once, before it knows `E`.
type DeclaredAlready<E extends Event, Returned> = Extract<
  Box<EventDraft<E>> | Box<EventDraft<E>[]> | Box<Promise<EventDraft<E>>> | Box<Promise<EventDraft<E>[]>>,
  Box<Returned>
>;

interface Box<T> {
  readonly value: T;
}

type UndeclaredBy<E extends Event, Given> = Given extends readonly (infer Item)[]
  ? UndeclaredInDraft<E, Item>
  : Given extends { readonly events: infer Drafts; readonly result: unknown }
    ? UndeclaredBy<E, Drafts>
    : UndeclaredInDraft<E, Given>;

type UndeclaredInDraft<E extends Event, Given> = Given extends { readonly eventType: infer Type extends E["eventType"] }
  ? PathsBeyond<Given, EventDraft<EventOfType<E, Type>>>
  : never;

/** The paths in `Given` that do not exist in `Shape`. A shape without known keys accepts any path. */
type PathsBeyond<Given, Shape> =
  Box<Shape> extends Box<Immutable<Given>>
    ? never
    : Given extends string | number | boolean | null | undefined
      ? never
      : Given extends readonly (infer Item)[]
        ? PathsBeyond<Item, Extract<Shape, readonly unknown[]>[number]>
        : [KeyOf<NonNullable<Shape>>] extends [never]
          ? never
          : { [Key in keyof Given & string]-?: PathsAt<Key, Given[Key], Shape> }[keyof Given & string];

// In an array of different object literals, the compiler adds the properties of the other literals to each literal, as
// optional properties of type `undefined`. They are not undeclared.
type PathsAt<Key extends string, Value, Shape> = [Value] extends [undefined]
  ? never
  : Key extends KeyOf<Shape>
    ? `${Key}.${PathsBeyond<Value, ValueAt<Shape, Key>>}`
    : Key;

type KeyOf<Shape> = Shape extends unknown ? keyof Shape : never;
type ValueAt<Shape, Key> = Shape extends unknown ? (Key extends keyof Shape ? Shape[Key] : never) : never;

/** The reasons why a value is not a decision. May be empty for a value that is no event at all. */
type ProblemsOf<E extends Event, Given> = Given extends readonly (infer Item)[]
  ? ProblemsOfDraft<E, Item>
  : Given extends { readonly events: infer Drafts; readonly result: unknown }
    ? ProblemsOf<E, Drafts>
    : ProblemsOfDraft<E, Given>;

type ProblemsOfDraft<E extends Event, Given> = Given extends { readonly eventType: infer Type }
  ? Type extends E["eventType"]
    ? ProblemsAt<Given, EventDraft<EventOfType<E, Type>>>
    : string extends Type
      ? "eventType is any string: add `satisfies EventDraft` to the object"
      : `eventType ${Type & string} is not declared`
  : never;

/** The problems of an object that does not have the type `Shape`. */
type ProblemsAt<Given, Shape> =
  | { [Key in Exclude<keyof Given, KeyOf<Shape>> & string]: `${Key} is not declared` }[Exclude<
      keyof Given,
      KeyOf<Shape>
    > &
      string]
  | {
      [Key in keyof Shape & string]-?: Key extends keyof Given
        ? WrongValue<Key, Given[Key], Shape[Key]>
        : undefined extends Shape[Key]
          ? never
          : `${Key} is missing`;
    }[keyof Shape & string];

type WrongValue<Key extends string, Given, Shape> =
  Box<Given> extends Box<Shape>
    ? never
    : [Given, Shape] extends [object, object]
      ? Given extends readonly unknown[]
        ? `${Key} has the wrong type`
        : `${Key}.${ProblemsAt<Given, Shape>}`
      : `${Key} has the wrong type`;
