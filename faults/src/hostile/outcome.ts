import { isAetherError } from "@aether/core";
import { cut } from "./explain.ts";

/** The result of a call: its value, or the code of the error that it failed with. */
export type Outcome<Value> = { readonly value: Value } | { readonly code: string };

/**
 * Makes an asynchronous call and returns its outcome.
 *
 * @throws {Error} if the call threw synchronously, or rejected with an error without an Aether code
 */
export async function outcomeOf<Value>(call: () => PromiseLike<Value>): Promise<Outcome<Value>> {
  let pending: PromiseLike<Value>;
  try {
    pending = call();
  } catch (error) {
    throw new Error("the call threw synchronously", { cause: error });
  }
  try {
    return { value: await pending };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

/** Makes a synchronous call and returns its outcome. @throws {Error} if it threw an error without an Aether code */
export function immediateOutcomeOf<Value>(call: () => Value): Outcome<Value> {
  try {
    return { value: call() };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

/** @throws unless the call failed with one of these codes */
export function expectRejection(outcome: Outcome<unknown>, ...codes: readonly string[]): void {
  if ("value" in outcome) throw new Error(`the call succeeded, but must fail with ${codes.join(" or ")}`);
  if (!codes.includes(outcome.code)) {
    throw new Error(`the call failed with ${outcome.code}, but must fail with ${codes.join(" or ")}`);
  }
}

/** @throws unless the call succeeded or failed with one of these codes */
export function expectValueOrRejection(outcome: Outcome<unknown>, ...codes: readonly string[]): void {
  if (!("value" in outcome)) expectRejection(outcome, ...codes);
}

/** Returns the value of the call. @throws if it failed */
export function expectValue<Value>(outcome: Outcome<Value>): Value {
  if ("value" in outcome) return outcome.value;
  throw new Error(`the call failed with ${outcome.code}`);
}

/** @throws unless both values have the same JSON, with keys in the same order */
export function expectSameJson(name: string, actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${name}: ${cut(left)} instead of ${cut(right)}`);
}

function codeOf(error: unknown): string {
  if (!isAetherError(error)) throw new Error("the call failed with an error that has no code", { cause: error });
  JSON.stringify(error);
  return error.code;
}
