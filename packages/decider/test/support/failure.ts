import { expect } from "vitest";
import type { DeciderTestError } from "../../src/index.ts";

/** Returns the error of a check of `testDecider` that must fail. */
export function failure(check: Promise<void>): Promise<DeciderTestError> {
  return check.then(
    () => expect.unreachable(),
    (error) => error,
  );
}
