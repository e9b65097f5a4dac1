import type { Random } from "../random.ts";

/** The two official clients: the package `nats`, and its successor `@nats-io/transport-node`. */
export const clientNames = ["nats", "nats-io"] as const;
export type ClientName = (typeof clientNames)[number];

/** Defects that a test store can have on purpose, to prove that the checks detect them. */
export type Breakage = "no expectation" | "acknowledges without saving" | "skips events in reads" | "reads stale data";

/** The task of one worker. */
export interface WorkerPlan {
  readonly role: "writer" | "reader";
  /** Name of the worker in the recorded history. */
  readonly name: string;
  readonly client: ClientName;
  readonly urls: readonly string[];
  readonly streamName: string;
  readonly replicaCount: number;
  /** Number of calls in flight at once. */
  readonly maxInFlight: number;
  /** Number of actors for which all writers compete. */
  readonly hotActors: number;
  /** Number of actors that are used rarely. */
  readonly coldActors: number;
  readonly seed: number;
  readonly ackTimeoutMs: number;
  readonly breakage?: Breakage;
}

/** Plans the given numbers of writers and readers. They use the two clients in turn, and seeds from `random`. */
export function workerPlans(
  { writers, readers }: { readonly writers: number; readonly readers: number },
  random: Random,
  optionsFor: (role: WorkerPlan["role"]) => Omit<WorkerPlan, "role" | "name" | "client" | "seed">,
): readonly WorkerPlan[] {
  return Array.from({ length: writers + readers }, (_, index) => {
    const role = index < writers ? "writer" : "reader";
    const client = clientNames[index % clientNames.length] as ClientName;
    return { role, name: `${role}-${index}`, client, ...optionsFor(role), seed: random.integer(0, 2 ** 31) };
  });
}

export function hotActor(index: number): string {
  return `hot-${index}`;
}

export function coldActor(index: number): string {
  return `cold-${index}`;
}

/** Counters of a worker. */
export interface Tally {
  /** Number of acknowledged events, not calls. */
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
