import type { Result } from "./measure.ts";
import type { Contest } from "./retry/contest.ts";

/** How much to do. */
export interface Sizes {
  /** So little that the figures cannot be judged by, only that everything works. */
  readonly quick: boolean;
  /** Also what takes many minutes. */
  readonly large: boolean;
  readonly repetitions: number;
}

/** How a figure changes as something grows. */
export interface Curve {
  readonly name: string;
  /** What grows. */
  readonly x: string;
  readonly unit: string;
  readonly series: readonly { readonly name: string; readonly points: readonly Point[] }[];
}

/** Medians, with the least and the greatest value. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly spread: readonly [number, number];
}

/** A figure that stands alone, such as the size of a package. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The most that it may be. */
  readonly most?: number;
  /** Why it may be more: the page says so, and the run does not fail. */
  readonly why?: string;
  readonly spread?: readonly [number, number];
}

/** What a suite found out. */
export interface Findings {
  readonly rows?: readonly Result[];
  readonly figures?: readonly Figure[];
  readonly curves?: readonly Curve[];
  readonly contests?: readonly Contest[];
}

/** Hears of findings as they come. */
export type Tell = (finding: Findings) => void;

/** Measures one part of the project. */
export type Suite = (sizes: Sizes, tell: Tell) => Promise<void>;
