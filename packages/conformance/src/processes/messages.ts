import type { Event } from "@aether/core";
import type { RecordedEvent, RecordedOperation } from "../history/history.ts";

/** A task that the test gives to a process. A process runs one task at a time. */
export type Task =
  | { readonly kind: "open"; readonly client: string; readonly storage: unknown }
  | { readonly kind: "save"; readonly events: readonly Event[] }
  | { readonly kind: "read"; readonly actorIds: readonly string[] }
  | { readonly kind: "work"; readonly work: Workload }
  | { readonly kind: "close" };

/** Saves and reads that a process makes until its time is over. */
export interface Workload {
  /** The actors of the events. All processes use the same ones. */
  readonly actorIds: readonly string[];
  /**
   * - `"writer"`: reads an actor and saves the next version;
   * - `"rival"`: saves the next version without reading, so that most saves lose a race;
   * - `"reader"`: only reads.
   */
  readonly role: "writer" | "rival" | "reader";
  /** Number of events in each save. */
  readonly batchSize: number;
  /** True to use all actors at the same time, so that calls are always in flight. Otherwise, calls do not overlap. */
  readonly isConcurrent?: boolean;
  /** Duration, in milliseconds. */
  readonly durationMs: number;
  /** Reports each acknowledged version while the work continues. */
  readonly reportsSaves?: boolean;
}

/** Contents of an actor, as one process reads them. */
export interface ActorContents {
  readonly actorId: string;
  readonly events: readonly RecordedEvent[];
  readonly latestVersion: number;
}

/** Results of the tasks. */
export interface TaskResults {
  readonly open: undefined;
  /** The code of the error, or `undefined` if the events were saved. */
  readonly save: string | undefined;
  readonly read: readonly ActorContents[];
  readonly work: undefined;
  readonly close: undefined;
}

/** A message from a process to the test. */
export type ProcessMessage =
  | { readonly kind: "started" }
  | { readonly kind: "saved"; readonly actorId: string; readonly version: number }
  | { readonly kind: "result"; readonly result: unknown; readonly operations: readonly RecordedOperation[] }
  | { readonly kind: "error"; readonly error: string };
