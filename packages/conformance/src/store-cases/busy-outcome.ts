import { isAetherError } from "@aether/core";
import { ConformanceError } from "../checks/conformance-error.ts";

/** Time that a case gives calls to go wrong while the storage is held, in milliseconds. */
const HELD_MS = 30;

type Outcome = PromiseSettledResult<unknown>;

const guarantee =
  "while the storage is held, a call waits, succeeds, or rejects with StoreUnavailableError or OutcomeUnknownError";

/** Waits until all calls have settled, but at most while the storage is held. */
export async function whileHeld(calls: readonly Promise<unknown>[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise((resolve) => {
    timer = setTimeout(resolve, HELD_MS);
  });
  await Promise.race([Promise.all(calls), enough]);
  clearTimeout(timer);
}

/** Checks that a call has succeeded, or has failed with an error for unavailable storage. Returns its code, if any. */
export function checkBusyOutcome(given: unknown, outcome: Outcome, isSave: boolean): string | undefined {
  if (outcome.status === "fulfilled") return undefined;
  const error: unknown = outcome.reason;
  if (isAetherError(error, "AETHER_STORE_UNAVAILABLE")) return error.code;
  if (isSave && isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) return error.code;
  const expected = `a result, StoreUnavailableError${isSave ? " or OutcomeUnknownError" : ""}`;
  throw new ConformanceError({ guarantee, given, expected, actual: error, cause: error });
}
