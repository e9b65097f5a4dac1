import type { Result } from "./measure.ts";
import type { Contest } from "./retry/contest.ts";

/** Size of a benchmark run. */
export interface Sizes {
  /** Makes the run small enough for a smoke test. The figures are meaningless. */
  readonly quick: boolean;
  /** Adds measurements that take many minutes. */
  readonly large: boolean;
  readonly repetitions: number;
}

/** Measured values as a function of a growing size, such as the number of events. */
export interface Curve {
  readonly name: string;
  /** Name of the horizontal axis. */
  readonly x: string;
  readonly unit: string;
  readonly series: readonly { readonly name: string; readonly points: readonly Point[] }[];
}

/** A median with the lowest and the highest value. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly spread: readonly [number, number];
}

/** A figure without a baseline, such as the size of a package. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The goal: the value must not be higher. */
  readonly maximum?: number;
  /** Reason for accepting a value above the goal. The page shows the reason, and the run does not fail. */
  readonly reason?: string;
  readonly spread?: readonly [number, number];
}

/** Results of a suite. */
export interface Findings {
  readonly rows?: readonly Result[];
  readonly figures?: readonly Figure[];
  readonly curves?: readonly Curve[];
  readonly contests?: readonly Contest[];
}

/** Called with findings as soon as they are measured. */
export type Report = (finding: Findings) => void;

/** A group of benchmarks of one part of the project. */
export type Suite = (sizes: Sizes, report: Report) => Promise<void>;
