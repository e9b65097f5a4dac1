/** Everything a suite needs for one run. */
export interface SuiteContext {
  /** Time limit in milliseconds. A suite may finish early; it ends shortly after the limit. */
  readonly budgetMs: number;
  /** Set in a long run only: the suite finishes as soon as it has reached them. A short run uses its whole time. */
  readonly minimums?: Minimums;
  /** Seed of all random choices. The same seed makes the same choices; timing still differs between runs. */
  readonly seed: number;
  /** Ends the suite early: it stops everything it started and returns the result so far. */
  readonly signal: AbortSignal;
  /** Prints one line of progress. */
  readonly log: (line: string) => void;
}

/** The least value of each figure, by the figure's name. For a figure with several numbers, their sum counts. */
export type Minimums = Readonly<Record<string, number>>;

/** Numbers by name. */
export type Counts = Readonly<Record<string, number>>;

/** Numbers by row and column. */
export type Table = Readonly<Record<string, Counts>>;

/** A result that is printed, written as JSON, and shown in the report. */
export type Figure = number | string | Counts | Table;

export interface SuiteResult {
  readonly name: string;
  /** One sentence per broken promise. Empty if every promise held. */
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, Figure>>;
}

/** A group of fault tests with a name and a share of the running time. */
export interface Suite {
  readonly name: string;
  /** Weight of this suite when the total time is divided among all suites of a run. */
  readonly share: number;
  /** Targets of a long run. */
  readonly minimums: Minimums;
  /** Returns violations in its result. Rejects only if the suite itself cannot run. */
  readonly run: (context: SuiteContext) => Promise<SuiteResult>;
}
