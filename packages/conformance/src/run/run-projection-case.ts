import { ConformanceError } from "../checks/conformance-error.ts";
import type { ProjectionCase, ProjectionCaseContext } from "../suite/projection-case.ts";
import type { ProjectionsUnderTest, RunningSample } from "../suite/projections-under-test.ts";

const DEFAULT_TIMEOUT_MS = 20_000;
const DEFAULT_LEASE_MS = 500;
const DEFAULT_SEEDS: readonly number[] = Array.from({ length: 12 }, (_, index) => index + 1);
/** Maximum time of one wait, as a share of the duration of the case. */
const WAIT_SHARE = 0.75;
/** Time that projections get to stop after a case, in milliseconds. */
const STOP_MS = 2_000;

/** Returns the maximum duration of a case, in milliseconds. */
export function caseTimeoutOf({
  caseTimeoutMs = DEFAULT_TIMEOUT_MS,
}: Pick<ProjectionsUnderTest<never>, "caseTimeoutMs">): number {
  return caseTimeoutMs;
}

/**
 * Runs one case on new storage. Afterwards, stops its projections, closes the stores and destroys the storage, even if
 * the case failed.
 *
 * @throws {@link ConformanceError} when a guarantee is broken, or the case does not finish within `caseTimeoutMs`
 * @throws the errors of `createStorage`, `open` and `destroyStorage`, unchanged
 *
 * @example
 * ```ts
 * for (const projectionCase of projectionCases) await runProjectionCase(projectionsUnderTest, projectionCase);
 * ```
 */
export async function runProjectionCase<Storage>(
  underTest: ProjectionsUnderTest<Storage>,
  projectionCase: ProjectionCase,
): Promise<void> {
  const storage = await underTest.createStorage();
  try {
    const pair = await underTest.open(storage);
    const { store, documents } = pair;
    const leaseMs = underTest.leaseMs ?? DEFAULT_LEASE_MS;
    const started: Promise<RunningSample>[] = [];
    const context: ProjectionCaseContext = {
      store,
      documents,
      leaseMs,
      waitMs: WAIT_SHARE * caseTimeoutOf(underTest),
      seeds: underTest.seeds ?? DEFAULT_SEEDS,
      run: (sample, { store: own = store, ...options } = {}) => {
        const defaults = { documents, partitions: 1, leaseMs, maxBatchEvents: 10 } as const;
        const running = underTest.run(own, sample, { ...defaults, ...options });
        started.push(running);
        return running;
      },
    };
    try {
      await inTime(projectionCase, caseTimeoutOf(underTest), projectionCase.run(context));
    } finally {
      // Projections of processes that have ended never stop.
      await Promise.race([Promise.allSettled(started.map(async (each) => (await each).stop())), after(STOP_MS)]);
      if (pair.close !== undefined) await pair.close();
      else await Promise.all([store.close(), documents.close()]);
    }
  } finally {
    await underTest.destroyStorage?.(storage);
  }
}

/** Waits for a case. An error of the projection breaks the guarantee, too. */
async function inTime({ name }: ProjectionCase, timeoutMs: number, run: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const expected = `ends within ${timeoutMs} ms (caseTimeoutMs)`;
      reject(new ConformanceError({ guarantee: name, given: "the case", expected, actual: "still running" }));
    }, timeoutMs);
  });
  try {
    await Promise.race([run, expired]);
  } catch (error) {
    if (error instanceof ConformanceError) throw error;
    throw new ConformanceError({
      guarantee: name,
      given: "the case",
      expected: "no error",
      actual: error,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
