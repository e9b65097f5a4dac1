/** What a suite is given. */
export interface SuiteContext {
  /** How long it may take, in milliseconds. A suite may finish early, and ends soon after. */
  readonly budgetMs: number;
  /** In a long run, what it must reach: it finishes when it has. In a short one it goes on until its time is over. */
  readonly minima?: Minima;
  /** What it draws its choices from: the same seed makes the same choices, though not the same races. */
  readonly seed: number;
  /** Ends it early: it stops what it started, and tells what it has seen so far. */
  readonly signal: AbortSignal;
  /** Tells the person who waits what goes on. */
  readonly log: (line: string) => void;
}

/** How much there must be of a figure at the least, by its name. Of numbers by name, it is their sum. */
export type Minima = Readonly<Record<string, number>>;

/** Numbers by name. */
export type Counts = Readonly<Record<string, number>>;

/** Numbers by name for each of several things: rows and columns. */
export type Table = Readonly<Record<string, Counts>>;

/** What is printed, written as JSON, and shown in the report. */
export type Figure = number | string | Counts | Table;

/** What a suite found. */
export interface SuiteResult {
  readonly name: string;
  /** A sentence for each promise that did not hold; none is what everyone hopes for. */
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, Figure>>;
}

/** A suite by its name, and its part of the time. */
export interface Suite {
  readonly name: string;
  /** Its part of the minutes, against the parts of the others that run. */
  readonly share: number;
  /** What a long run must reach. */
  readonly minima: Minima;
  /** Rejects only where the suite itself could not be run; what the suite finds is in its result. */
  readonly run: (context: SuiteContext) => Promise<SuiteResult>;
}
