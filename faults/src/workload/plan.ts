/** The two official clients. */
export const clientNames = ["nats", "nats-io"] as const;
export type ClientName = (typeof clientNames)[number];

/** Ways in which a store can be broken on purpose, to see that the suite notices. */
export const breakages = ["no expectation", "acknowledges too early", "reads with holes", "reads what was"] as const;
export type Breakage = (typeof breakages)[number];

/** What one worker does. */
export interface WorkerPlan {
  readonly role: "writer" | "reader";
  /** Its name in the history. */
  readonly name: string;
  readonly client: ClientName;
  readonly urls: readonly string[];
  readonly streamName: string;
  readonly replicaCount: number;
  /** How many calls it has under way at once. */
  readonly lanes: number;
  readonly hotActors: number;
  readonly coldActors: number;
  readonly seed: number;
  readonly ackTimeoutMs: number;
  readonly breakage?: Breakage;
  /** Saves may be refused for want of room. */
  readonly mayBeFull?: boolean;
}

export function hotActor(index: number): string {
  return `hot-${index}`;
}

export function coldActor(index: number): string {
  return `cold-${index}`;
}

/** What workers have done so far. */
export interface Tally {
  /** Events, not calls. */
  acknowledged: number;
  conflicts: number;
  unknown: number;
  failed: number;
  reads: number;
  failedReads: number;
}

export function newTally(): Tally {
  return { acknowledged: 0, conflicts: 0, unknown: 0, failed: 0, reads: 0, failedReads: 0 };
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum = newTally();
  for (const tally of tallies) for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key];
  return sum;
}
