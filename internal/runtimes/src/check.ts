import type { Outcome } from "./table.ts";

/** Runs a check and returns its outcome, whether it passes or fails. */
export async function check(row: string, column: string, work: () => Promise<unknown>): Promise<Outcome> {
  const startedMs = performance.now();
  const failure = await work().then(() => undefined, messageOf);
  return { row, column, elapsedMs: performance.now() - startedMs, failure };
}

/** Returns the outcome of a target that could not be installed or started. */
export function unavailable(target: string, error: unknown): Outcome {
  return { row: target, column: "available", elapsedMs: 0, failure: messageOf(error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
