import { type AetherError, type ErrorsByCode, isAetherError } from "@aether/core";
import { ConformanceError } from "./conformance-error.ts";
import { difference, unfrozenPart } from "./difference.ts";

/** Checks that a value is the expected one. @throws {@link ConformanceError} */
export function check(
  promise: string,
  { given, expected, actual }: { readonly given: unknown; readonly expected: unknown; readonly actual: unknown },
): void {
  if (difference(expected, actual) !== undefined) throw new ConformanceError({ promise, given, expected, actual });
}

/** Checks that a value that was read is frozen at every depth. @throws {@link ConformanceError} */
export function checkFrozen(promise: string, given: unknown, value: unknown): void {
  const part = unfrozenPart(value);
  if (part === undefined) return;
  const seen = part === "" ? "the value itself is not frozen" : `${part.replace(/^\./, "")} is not frozen`;
  throw new ConformanceError({ promise, given, expected: "every part is frozen", actual: seen });
}

/** The error that a call must reject with: its code, and those of its fields that the contract speaks of. */
export type ExpectedError = {
  [Code in keyof ErrorsByCode]: { readonly code: Code } & Partial<Omit<ErrorsByCode[Code], keyof AetherError>>;
}[keyof ErrorsByCode];

/** Checks that a call rejects with an error of Aether. Gives the error back. @throws {@link ConformanceError} */
export async function checkRejects<Expected extends ExpectedError>(
  promise: string,
  given: unknown,
  call: Promise<unknown>,
  expected: Expected,
): Promise<ErrorsByCode[Expected["code"]]> {
  return checkError(promise, given, await rejectionOf(promise, given, call, expected), expected);
}

/** Checks that a call throws an error of Aether, at once. @throws {@link ConformanceError} */
export function checkThrows(promise: string, given: unknown, call: () => unknown, expected: ExpectedError): void {
  checkError(promise, given, thrownBy(promise, given, call, expected), expected);
}

/** Checks that a call throws this very value, at once. @throws {@link ConformanceError} */
export function checkThrowsWith(promise: string, given: unknown, call: () => unknown, reason: unknown): void {
  const seen = thrownBy(promise, given, call, reason);
  if (seen !== reason) throw new ConformanceError({ promise, given, expected: reason, actual: seen, cause: seen });
}

function thrownBy(promise: string, given: unknown, call: () => unknown, expected: unknown): unknown {
  let returned: unknown;
  try {
    returned = call();
  } catch (error) {
    if (error instanceof ConformanceError) throw error;
    return error;
  }
  throw new ConformanceError({ promise, given, expected, actual: { returned } });
}

function checkError<Expected extends ExpectedError>(
  promise: string,
  given: unknown,
  error: unknown,
  expected: Expected,
): ErrorsByCode[Expected["code"]] {
  if (!isAetherError(error)) throw new ConformanceError({ promise, given, expected, actual: error, cause: error });
  const actual = Object.fromEntries(Object.keys(expected).map((field) => [field, fieldOf(error, field)]));
  if (difference(expected, actual) !== undefined) {
    throw new ConformanceError({ promise, given, expected, actual, cause: error });
  }
  return error as ErrorsByCode[Expected["code"]];
}

/** Checks that a call rejects with this very value, as a call does whose signal is aborted. @throws {@link ConformanceError} */
export async function checkRejectsWith(
  promise: string,
  given: unknown,
  call: Promise<unknown>,
  reason: unknown,
): Promise<void> {
  const seen = await rejectionOf(promise, given, call, reason);
  if (seen !== reason) throw new ConformanceError({ promise, given, expected: reason, actual: seen, cause: seen });
}

async function rejectionOf(
  promise: string,
  given: unknown,
  call: Promise<unknown>,
  expected: unknown,
): Promise<unknown> {
  const outcome = await settle(call);
  if (outcome.status === "rejected") return outcome.reason;
  throw new ConformanceError({ promise, given, expected, actual: { resolvedTo: outcome.value } });
}

/** Waits for a call, whichever way it ends. A broken promise of every call is no way to end. */
export async function settle(call: Promise<unknown>): Promise<PromiseSettledResult<unknown>> {
  const [outcome] = await Promise.allSettled([call]);
  if (outcome.status === "rejected" && outcome.reason instanceof ConformanceError) throw outcome.reason;
  return outcome;
}

function fieldOf(error: object, field: string): unknown {
  const value: unknown = Reflect.get(error, field);
  return field === "path" && typeof value === "string" ? plainPath(value) : value;
}

/** `metadata["traceId"]` and `metadata.traceId` are the same path. */
function plainPath(path: string): string {
  return path.replace(/\["([A-Za-z_$][\w$]*)"\]/g, ".$1");
}
