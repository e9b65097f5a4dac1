import { type DriverName, driverNames } from "@aether/sqlite-driver";
import { PARTITION_COUNT } from "@aether/store-kit";
import type { Random } from "../random.ts";
import type { Load, Tally, WorkerCounts, WorkerPlan } from "../workload/plan.ts";

/** The task of one process. */
export interface SqlitePlan extends Load, Pick<WorkerPlan, "role" | "partition"> {
  readonly driver: DriverName;
  /** Path of the database file. */
  readonly path: string;
  readonly synchronous: "full" | "normal";
}

/** Files to which a process writes. */
export interface SqliteFiles {
  readonly journal: string;
  /** The log of a follower, which the process continues. */
  readonly feedLog: string;
}

export type ToSqliteProcess =
  | { readonly kind: "start"; readonly plan: SqlitePlan; readonly files: SqliteFiles }
  /** Sets how many pages the file may grow for this connection. Without a number, there is no limit. */
  | { readonly kind: "limit"; readonly pages?: number }
  /** Followers stop once they have caught up, and have reached the sequence. */
  | { readonly kind: "stop"; readonly lastSequence: number };

export type FromSqliteProcess =
  | { readonly kind: "ready" }
  /** `unexpected` describes the failures of calls that the contract of a store does not allow. */
  | { readonly kind: "progress"; readonly tally: Tally; readonly unexpected: readonly string[] }
  /** The process ends. `lastSequence` is that of the last event it can read. */
  | { readonly kind: "done"; readonly lastSequence: number };

/** Plans processes on one file. They use the drivers and the two kinds of durability in turn. */
export function sqlitePlans(
  { writers, readers, followers }: WorkerCounts,
  path: string,
  random: Random,
  load: Pick<Load, "maxInFlight" | "hotActors" | "coldActors" | "maxTextLength">,
): readonly SqlitePlan[] {
  const roles: readonly SqlitePlan["role"][] = [
    ...new Array<"writer">(writers).fill("writer"),
    ...new Array<"reader">(readers).fill("reader"),
    ...new Array<"follower">(followers).fill("follower"),
  ];
  return roles.map((role, index) => ({
    role,
    name: `${role}-${index}`,
    path,
    driver: driverNames[index % driverNames.length] ?? driverNames[0],
    synchronous: Math.floor(index / driverNames.length) % 2 === 0 ? "full" : "normal",
    ...load,
    seed: random.integer(0, 2 ** 31),
    // The last follower reads one partition, the others read everything.
    ...(role === "follower" && index === roles.length - 1 ? { partition: random.integer(0, PARTITION_COUNT - 1) } : {}),
  }));
}
