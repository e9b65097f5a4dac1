import type { Event, EventDraft, EventOfType, Immutable } from "@aether/core";
import type { Decide } from "./decide.ts";

/**
 * Stands in where a decision has a property that its event does not declare, so that the compile error names it.
 *
 * @example
 * ```ts
 * // @ts-expect-error OrderPlaced has an item, and no colour
 * await appendWithRetry(store, "order-1", () => ({ eventType: "OrderPlaced", data: { item: "lamp", colour: "red" } }));
 * ```
 */
export interface Undeclared<Path extends string> {
  /** The path to the property. */
  readonly __undeclared: Path;
}

/**
 * Anything, if all that `D` returns is declared by the events `E`; otherwise a type that no function satisfies.
 *
 * The compiler refuses excess properties where an object literal meets its type, but a callback's result never does: it is
 * inferred first and compared later, when extra properties pass. What is stored is there for good, so this refuses them.
 */
export type OnlyDeclared<E extends Event, D extends Decide<E>> = [DeclaredAlready<E, ReturnType<D>>] extends [never]
  ? Refusal<UndeclaredBy<E, Awaited<ReturnType<D>>>>
  : unknown;

type Refusal<Path extends string> = [Path] extends [never] ? unknown : Undeclared<Path>;

// In generic code nothing can be said about the properties of a draft of `E`, but such a draft is as declared as can be.
// The box keeps the compiler from putting the question off until it knows `E`.
type DeclaredAlready<E extends Event, Returned> = Extract<
  Box<EventDraft<E>> | Box<EventDraft<E>[]> | Box<Promise<EventDraft<E>>> | Box<Promise<EventDraft<E>[]>>,
  Box<Returned>
>;

interface Box<T> {
  readonly value: T;
}

type UndeclaredBy<E extends Event, Given> = Given extends readonly (infer Item)[]
  ? UndeclaredInDraft<E, Item>
  : UndeclaredInDraft<E, Given>;

type UndeclaredInDraft<E extends Event, Given> = Given extends { readonly eventType: infer Type extends E["eventType"] }
  ? PathsBeyond<Given, EventDraft<EventOfType<E, Type>>>
  : never;

/** The paths in `Given` that lead to nothing in `Shape`. A shape without known keys takes any. */
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

// An array of unlike literals gives each of them the others' properties as optional ones of type `undefined`.
type PathsAt<Key extends string, Value, Shape> = [Value] extends [undefined]
  ? never
  : Key extends KeyOf<Shape>
    ? `${Key}.${PathsBeyond<Value, ValueAt<Shape, Key>>}`
    : Key;

type KeyOf<Shape> = Shape extends unknown ? keyof Shape : never;
type ValueAt<Shape, Key> = Shape extends unknown ? (Key extends keyof Shape ? Shape[Key] : never) : never;
