import { isAetherError } from "@aether/core";
import fc from "fast-check";

/** What must hold for every input that a generator makes. */
export interface Property {
  readonly name: string;
  /** Where its inputs are counted: properties that are tried on several things share a row. */
  readonly row: string;
  readonly column: string;
  /** How many inputs to try before it is the next one's turn. */
  readonly runs: number;
  /** Tries so many inputs. */
  readonly check: (runs: number, seed: number) => Promise<fc.RunDetails<unknown>>;
}

/** How long one input may take before it counts as a hang; slow machines take their time. */
const HANG_MS = 30_000;

/** Names a predicate, which throws where it does not hold. */
export function property<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  holds: (input: Input) => Promise<void> | void,
  runs = 50,
): Property {
  return {
    name,
    row: name,
    column: "",
    runs,
    check: (numRuns, seed) =>
      Promise.resolve(
        fc.check(
          fc.asyncProperty(inputs, async (input) => {
            await within(HANG_MS, holds(input));
            refuseChangedPrototypes();
          }),
          { numRuns, seed, endOnFailure: true },
        ),
      ) as Promise<fc.RunDetails<unknown>>,
  };
}

/** The same properties, of something somewhere: of a store through a client. */
export function of(what: string, where: string, properties: readonly Property[]): readonly Property[] {
  return properties.map((each) => ({
    ...each,
    name: `${what} ${where}: ${each.name}`,
    row: `${what}: ${each.name}`,
    column: where,
  }));
}

/** How a call ended: with a value, or with the code of the error that it rejected with. */
export type Outcome<Value> = { readonly value: Value } | { readonly code: string };

/**
 * Makes a call, and tells how it ended.
 * @throws if it threw before it returned, or rejected with what is not an error of Aether
 */
export async function outcomeOf<Value>(call: () => PromiseLike<Value>): Promise<Outcome<Value>> {
  let underway: PromiseLike<Value>;
  try {
    underway = call();
  } catch (error) {
    throw new Error("it threw synchronously", { cause: error });
  }
  try {
    return { value: await underway };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

/** The same for a call that waits for nothing. */
export function immediateOutcomeOf<Value>(call: () => Value): Outcome<Value> {
  try {
    return { value: call() };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

/** @throws unless the call ended with one of these codes */
export function expectRefusal(outcome: Outcome<unknown>, ...codes: readonly string[]): void {
  if ("value" in outcome) throw new Error(`it was accepted, instead of ${codes}`);
  if (!codes.includes(outcome.code)) throw new Error(`it was refused with ${outcome.code}, instead of ${codes}`);
}

/** @throws if the call ended otherwise than with a value, or with one of these codes */
export function expectValueOrRefusal(outcome: Outcome<unknown>, ...codes: readonly string[]): void {
  if (!("value" in outcome)) expectRefusal(outcome, ...codes);
}

/** The value that a call ended with. @throws if it was refused */
export function expectValue<Value>(outcome: Outcome<Value>): Value {
  if ("value" in outcome) return outcome.value;
  throw new Error(`it was refused with ${outcome.code}`);
}

/** @throws unless both are the same JSON, keys in the same order */
export function expectSameJson(what: string, actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: ${cut(left)} instead of ${cut(right)}`);
}

/** What an error says, with all that led to it. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? String(error) : `${error}, because: ${explain(error.cause)}`;
}

export function cut(text: string | undefined): string {
  return text === undefined || text.length <= 300
    ? String(text)
    : `${text.slice(0, 250)}... (${text.length} characters)`;
}

function codeOf(error: unknown): string {
  if (!isAetherError(error)) throw new Error("it ended with an error that has no code", { cause: error });
  JSON.stringify(error);
  return error.code;
}

async function within(ms: number, work: Promise<void> | void): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const watched = [Object, Array, Function, String, Number, Error, Promise].map(({ prototype }) => ({
  prototype: prototype as object,
  keys: Reflect.ownKeys(prototype).length,
}));

/** @throws if something was added to a prototype that everything shares */
function refuseChangedPrototypes(): void {
  for (const { prototype, keys } of watched) {
    if (Reflect.ownKeys(prototype).length !== keys) throw new Error("a prototype was polluted");
  }
}
