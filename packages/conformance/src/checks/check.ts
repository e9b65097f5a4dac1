import { type AetherError, type ErrorsByCode, isAetherError } from "@aether/core";
import { ConformanceError } from "./conformance-error.ts";
import { difference, unfrozenPart } from "./difference.ts";
import { kindOf } from "./show.ts";

/** Checks that a value equals the expected one. @throws {@link ConformanceError} */
export function check(
  guarantee: string,
  { given, expected, actual }: { readonly given: unknown; readonly expected: unknown; readonly actual: unknown },
): void {
  if (difference(expected, actual) !== undefined) throw new ConformanceError({ guarantee, given, expected, actual });
}

/** Objects that are known to be deeply frozen, and therefore stay so. */
const deeplyFrozen = new WeakSet<object>();

/** Checks that a value is deeply frozen. @throws {@link ConformanceError} */
export function checkFrozen(guarantee: string, given: unknown, value: object): void {
  if (deeplyFrozen.has(value)) return;
  const part = unfrozenPart(value);
  if (part === undefined) {
    deeplyFrozen.add(value);
    return;
  }
  const actual = part === "" ? "the value itself is not frozen" : `${part.replace(/^\./, "")} is not frozen`;
  throw new ConformanceError({ guarantee, given, expected: "every part is frozen", actual });
}

/** The expected error of a call: its code, and the fields that the contract defines for this call. */
export type ExpectedError = {
  [Code in keyof ErrorsByCode]: { readonly code: Code } & Partial<Omit<ErrorsByCode[Code], keyof AetherError>>;
}[keyof ErrorsByCode];

/** Checks that a call rejects with the expected error, and returns that error. @throws {@link ConformanceError} */
export async function checkRejects<Expected extends ExpectedError>(
  guarantee: string,
  given: unknown,
  call: Promise<unknown>,
  expected: Expected,
): Promise<ErrorsByCode[Expected["code"]]> {
  return checkError(guarantee, given, await rejectionOf(guarantee, given, call, expected), expected);
}

/** Checks that a call synchronously throws the expected error. @throws {@link ConformanceError} */
export function checkThrows(guarantee: string, given: unknown, call: () => unknown, expected: ExpectedError): void {
  checkError(guarantee, given, thrownBy(guarantee, given, call, expected), expected);
}

/** Checks that a call synchronously throws this very reason. @throws {@link ConformanceError} */
export function checkThrowsWith(guarantee: string, given: unknown, call: () => unknown, reason: unknown): void {
  checkIsReason(guarantee, given, thrownBy(guarantee, given, call, reason), reason);
}

function thrownBy(guarantee: string, given: unknown, call: () => unknown, expected: unknown): unknown {
  let returned: unknown;
  try {
    returned = call();
  } catch (error) {
    if (error instanceof ConformanceError) throw error;
    return error;
  }
  throw new ConformanceError({ guarantee, given, expected, actual: { returned } });
}

function checkError<Expected extends ExpectedError>(
  guarantee: string,
  given: unknown,
  error: unknown,
  expected: Expected,
): ErrorsByCode[Expected["code"]] {
  if (!isAetherError(error)) throw new ConformanceError({ guarantee, given, expected, actual: error, cause: error });
  checkIsError(given, error);
  const actual = Object.fromEntries(Object.keys(expected).map((field) => [field, fieldOf(error, field)]));
  if (difference(expected, actual) !== undefined) {
    throw new ConformanceError({ guarantee, given, expected, actual, cause: error });
  }
  return error as ErrorsByCode[Expected["code"]];
}

/** Checks that an error was created by `Error`: it has a stack, and loggers recognise it. */
function checkIsError(given: unknown, error: AetherError): void {
  if (kindOf(error) === "Error" && typeof error.message === "string" && error.message !== "") return;
  throw new ConformanceError({
    guarantee: "errors are instances of Error, with a message",
    given: { call: given, error: { ...error } },
    expected: "an instance of Error, with a message",
    actual: error,
  });
}

/** Checks that a call rejects with this very reason, such as `signal.reason`. @throws {@link ConformanceError} */
export async function checkRejectsWith(
  guarantee: string,
  given: unknown,
  call: Promise<unknown>,
  reason: unknown,
): Promise<void> {
  checkIsReason(guarantee, given, await rejectionOf(guarantee, given, call, reason), reason);
}

function checkIsReason(guarantee: string, given: unknown, error: unknown, reason: unknown): void {
  if (error !== reason) throw new ConformanceError({ guarantee, given, expected: reason, actual: error, cause: error });
}

async function rejectionOf(
  guarantee: string,
  given: unknown,
  call: Promise<unknown>,
  expected: unknown,
): Promise<unknown> {
  const outcome = await outcomeOf(call);
  if (outcome.status === "rejected") return outcome.reason;
  throw new ConformanceError({ guarantee, given, expected, actual: { resolvedTo: outcome.value } });
}

/**
 * Waits for a call and returns its outcome.
 *
 * @throws {@link ConformanceError} when the call broke a guarantee that applies to every call
 */
export async function outcomeOf(call: Promise<unknown>): Promise<PromiseSettledResult<unknown>> {
  const [outcome] = await Promise.allSettled([call]);
  if (outcome.status === "rejected" && outcome.reason instanceof ConformanceError) throw outcome.reason;
  return outcome;
}

function fieldOf(error: object, field: string): unknown {
  const value: unknown = Reflect.get(error, field);
  return field === "path" && typeof value === "string" ? plainPath(value) : value;
}

/** Removes unnecessary quotes from a path: `metadata["traceId"]` becomes `metadata.traceId`. */
function plainPath(path: string): string {
  return path.replace(/\["([A-Za-z_$][\w$]*)"\]/g, ".$1");
}
