import type { Outcome } from "./table.ts";

/** Runs a check and returns its outcome, whether it passes or fails. */
export async function check(row: string, column: string, work: () => Promise<unknown>): Promise<Outcome> {
  const startedMs = performance.now();
  const failure = await work().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { row, column, elapsedMs: performance.now() - startedMs, failure };
}
