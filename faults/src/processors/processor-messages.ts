import type { ClientName } from "../workload/plan.ts";

/** Name of the processor in all processes. */
export const PROCESSOR = "faults";
/** Collection of its documents. */
export const COLLECTION: string = `aether.processor.${PROCESSOR}`;

/** The task of a process that handles events. */
export interface ProcessorPlan {
  readonly name: string;
  readonly client: ClientName;
  readonly urls: readonly string[];
  readonly streamName: string;
  readonly bucket: string;
  readonly seed: number;
  readonly leaseMs: number;
  /** File of the process's log. */
  readonly logFile: string;
}

/** A message from the suite to a process that handles events. */
export type ToProcessor = { readonly kind: "start"; readonly plan: ProcessorPlan } | { readonly kind: "stop" };

/** A message from a process that handles events to the suite. */
export type FromProcessor =
  /** The processor has started. */
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly handled: number }
  /** The processor has stopped, after a message "stop". */
  | { readonly kind: "stopped" }
  /** The processor has stopped because of an error. */
  | { readonly kind: "failed"; readonly reason: string };

/** The task of a process that saves events. */
export interface SaverPlan {
  readonly name: string;
  readonly client: ClientName;
  readonly urls: readonly string[];
  readonly streamName: string;
  /** The actors that only this process saves events of. */
  readonly actorIds: readonly string[];
  /** Number of saves in flight at once. */
  readonly maxInFlight: number;
  readonly seed: number;
}

/** A message from the suite to a process that saves events. */
export type ToSaver = { readonly kind: "start"; readonly plan: SaverPlan } | { readonly kind: "finish" };

/** A message from a process that saves events to the suite. */
export type FromSaver =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly saved: number }
  | {
      readonly kind: "finished";
      /** The latest version that was acknowledged, by actor. */
      readonly versions: Readonly<Record<string, number>>;
      /** Errors that must not occur. */
      readonly unexpected: readonly string[];
    };
