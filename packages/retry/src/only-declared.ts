import type { Event, EventDraft, EventOfType, Immutable } from "@aether/core";
import type { Decide } from "./decide.ts";

/**
 * Type in the compile error for a decision with a property that its event type does not declare. `Path` names the
 * property.
 *
 * @example
 * ```ts
 * // @ts-expect-error OrderPlaced declares no colour
 * await appendWithRetry(store, "order-1", () => ({ eventType: "OrderPlaced", data: { item: "lamp", colour: "red" } }));
 * ```
 */
export interface Undeclared<Path extends string> {
  /** Path to the undeclared property. */
  readonly __undeclared: Path;
}

/**
 * `unknown` if the events `E` declare every property that `D` returns; otherwise a type that no function satisfies.
 *
 * The compiler rejects undeclared properties in an object literal, but accepts them in the result of a callback. Events
 * are stored forever, so this type makes the compiler reject undeclared properties in both cases.
 */
export type OnlyDeclared<E extends Event, D extends Decide<E>> = [DeclaredAlready<E, ReturnType<D>>] extends [never]
  ? Rejection<UndeclaredBy<E, Awaited<ReturnType<D>>>>
  : unknown;

type Rejection<Path extends string> = [Path] extends [never] ? unknown : Undeclared<Path>;

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
