import type { OpenPair, ProjectionSample, ProjectionSampleOptions, RunningSample } from "./projections-under-test.ts";

/** Gives one case its stores, on storage that no other case uses. */
export interface ProjectionCaseContext extends OpenPair {
  /** The lease of the processes, in milliseconds. */
  readonly leaseMs: number;
  /** Maximum time of one wait for events, in milliseconds. */
  readonly waitMs: number;
  /** The seeds of the random schedules. */
  readonly seeds: readonly number[];
  /** Runs a projection on the stores of the case, or on those of a process. It is stopped after the case. */
  run(
    sample: ProjectionSample,
    options?: Partial<ProjectionSampleOptions> & { readonly store?: OpenPair["store"] | undefined },
  ): Promise<RunningSample>;
}

/** One guarantee of projections, with a check that a pair of stores upholds it. */
export interface ProjectionCase {
  /** The part of the contract that the guarantee belongs to. */
  readonly group: string;
  /** The guarantee, as one sentence. Unique within its group. */
  readonly name: string;
  /** Checks the guarantee. @throws {@link ConformanceError} when it is broken */
  run(context: ProjectionCaseContext): Promise<void>;
}

/** Creates the cases of one group. */
export function projectionCaseGroup(
  group: string,
  cases: readonly Omit<ProjectionCase, "group">[],
): readonly ProjectionCase[] {
  return cases.map((definition) => ({ ...definition, group }));
}
