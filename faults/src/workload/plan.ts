import { PARTITION_COUNT } from "@aether/store-kit";
import type { Random } from "../random.ts";

/** The two official clients: the package `nats`, and its successor `@nats-io/transport-node`. */
export const clientNames = ["nats", "nats-io"] as const;
export type ClientName = (typeof clientNames)[number];

/** Defects that a test store can have on purpose, to prove that the checks detect them. */
export type Breakage =
  | "no expectation"
  | "acknowledges without saving"
  | "skips events in reads"
  | "reads stale data"
  | "loses events in the feed"
  | "doubles events in the feed"
  | "reorders events in the feed"
  | "reports false positions in the feed"
  | "claims in the feed to have caught up";

/** The load that a writer or reader causes. */
export interface Load {
  /** Name of the worker in the recorded history. */
  readonly name: string;
  /** Number of calls in flight at once. */
  readonly maxInFlight: number;
  /** Number of actors for which all writers compete. */
  readonly hotActors: number;
  /** Number of actors that are used rarely. */
  readonly coldActors: number;
  readonly seed: number;
  /** Maximum length of the text in an event, in characters. @default 100 */
  readonly maxTextLength?: number;
}

/** The task of one worker. */
export interface WorkerPlan extends Load {
  readonly role: "writer" | "reader" | "follower";
  readonly client: ClientName;
  readonly urls: readonly string[];
  readonly streamName: string;
  readonly replicaCount: number;
  readonly ackTimeoutMs: number;
  readonly breakage?: Breakage;
  /** Partition that a follower reads. @default the whole store */
  readonly partition?: number;
}

/** Number of workers by role. */
export interface WorkerCounts {
  readonly writers: number;
  readonly readers: number;
  readonly followers: number;
}

/**
 * Plans the given numbers of workers. They use the two clients in turn, and seeds from `random`. The last follower
 * reads one partition, the others read the whole store.
 */
export function workerPlans(
  { writers, readers, followers }: WorkerCounts,
  random: Random,
  optionsFor: (role: WorkerPlan["role"]) => Omit<WorkerPlan, "role" | "name" | "client" | "seed" | "partition">,
): readonly WorkerPlan[] {
  const roles: readonly WorkerPlan["role"][] = [
    ...new Array<"writer">(writers).fill("writer"),
    ...new Array<"reader">(readers).fill("reader"),
    ...new Array<"follower">(followers).fill("follower"),
  ];
  return roles.map((role, index) => {
    const client = clientNames[index % clientNames.length] as ClientName;
    const plan = { role, name: `${role}-${index}`, client, ...optionsFor(role), seed: random.integer(0, 2 ** 31) };
    const isLast = role === "follower" && index === roles.length - 1;
    return isLast ? { ...plan, partition: random.integer(0, PARTITION_COUNT - 1) } : plan;
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
  /** Number of events that a feed delivered. */
  delivered: number;
}

export function newTally(): Tally {
  return { acknowledged: 0, conflicts: 0, unknown: 0, failed: 0, reads: 0, failedReads: 0, delivered: 0 };
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum = newTally();
  for (const tally of tallies) for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key];
  return sum;
}

/** The figures of saves and reads, as reports name them. */
export function figuresOf({
  acknowledged,
  conflicts,
  unknown,
  failed,
  reads,
}: Tally): Readonly<Record<string, number>> {
  return {
    "events acknowledged": acknowledged,
    "version conflicts": conflicts,
    "unknown outcomes": unknown,
    "failed saves": failed,
    reads,
  };
}
