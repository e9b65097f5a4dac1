import { isAetherError } from "@aether/core";

/** Fails unless both are the same as JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`${what}: expected ${wanted}, got ${got}`);
}

/** Fails unless the promise rejects with an error of this code. */
export async function rejects(promise: Promise<unknown>, code: string, what: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown ?? "nothing",
  );
  hasCode(error, code, what);
}

/** Fails unless the call throws an error of this code, at once. */
export function throws(call: () => unknown, code: string, what: string): void {
  let error: unknown;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  hasCode(error, code, what);
}

function hasCode(error: unknown, code: string, what: string): void {
  if (isAetherError(error) && error.code === code) return;
  throw new Error(`${what}: expected an error ${code}, got ${String(error)}`, { cause: error });
}

/** Fails unless a value is frozen at every depth. */
export function frozen(value: unknown, what: string): void {
  if (typeof value !== "object" || value === null) return;
  if (!Object.isFrozen(value)) throw new Error(`${what} is not frozen`);
  for (const [key, part] of Object.entries(value)) frozen(part, `${what}.${key}`);
}
