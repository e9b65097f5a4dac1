/** The settings of one run of a suite. */
export interface SuiteContext {
  /** Time limit in milliseconds. A suite may finish earlier, and ends at the latest shortly after the limit. */
  readonly budgetMs: number;
  /** Set only in a long run: the suite finishes as soon as it has reached these minimums. */
  readonly minimums?: Minimums;
  /** Seed of all random choices. The same seed makes the same choices, but the timing differs between runs. */
  readonly seed: number;
  /** Ends the suite early. The suite stops everything that it started, and returns its result so far. */
  readonly signal: AbortSignal;
  /** Prints one line of progress. */
  readonly log: (line: string) => void;
}

/** The minimum of each figure, by the figure's name. For a figure with several numbers, it applies to their sum. */
export type Minimums = Readonly<Record<string, number>>;

/** Numbers by name. */
export type Counts = Readonly<Record<string, number>>;

/** Numbers by row and column. */
export type Table = Readonly<Record<string, Counts>>;

/** A result that is printed, written as JSON, and shown in the report. */
export type Figure = number | string | Counts | Table;

export interface SuiteResult {
  readonly name: string;
  /** One sentence for each violation of a guarantee. Empty if all guarantees held. */
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, Figure>>;
}

/** A group of fault tests. */
export interface Suite {
  readonly name: string;
  /** Weight of this suite when the total time is divided among all suites of a run. */
  readonly share: number;
  /** The figures that a long run must reach. */
  readonly minimums: Minimums;
  /** Returns violations in its result. Rejects only if the suite itself cannot run. */
  readonly run: (context: SuiteContext) => Promise<SuiteResult>;
}
