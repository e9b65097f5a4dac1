import type { ResolvedOptions } from "../options.ts";
import type { StreamConfig } from "../protocol/jetstream-api.ts";
import { actorSubjects, headStream, headSubjects, snapshotStream, snapshotSubjects } from "../subjects.ts";

/** A stream that the store needs. */
export interface StreamPlan {
  readonly config: StreamConfig;
  /** The settings in which a stream that is there already must agree. */
  readonly binding: readonly (keyof StreamConfig)[];
}

const NANOSECONDS_PER_MS = 1_000_000;
const DEFAULT_DUPLICATE_WINDOW_MS = 120_000;

/** The stream of the events: nothing in it is ever overwritten, and the server refuses to delete. */
export function eventsPlan({ effectiveName, streamRetentionMs, replicaCount, asked }: ResolvedOptions): StreamPlan {
  const binding: (keyof StreamConfig)[] = ["subjects", "storage", "retention", "discard", "deny_delete", "deny_purge"];
  // What was left to the default may be otherwise on a stream that is there.
  if (asked.streamRetention) binding.push("max_age");
  if (asked.replicaCount) binding.push("num_replicas");
  const ageMs = streamRetentionMs ?? 0;
  return {
    config: {
      ...common(replicaCount),
      name: effectiveName,
      description: "Events of an Aether store. Append only.",
      subjects: [actorSubjects(effectiveName)],
      discard: "new",
      max_age: ageMs * NANOSECONDS_PER_MS,
      max_msgs_per_subject: -1,
      // Not used, as nothing is published with a message id; servers refuse a window that is longer than max_age.
      duplicate_window: Math.min(DEFAULT_DUPLICATE_WINDOW_MS, ageMs || Infinity) * NANOSECONDS_PER_MS,
    },
    binding,
  };
}

/** The stream of the snapshots: the newest few of each actor. */
export function snapshotsPlan({ effectiveName, replicaCount, snapshotHistory, asked }: ResolvedOptions): StreamPlan {
  return {
    config: {
      ...common(replicaCount),
      name: snapshotStream(effectiveName),
      description: "Snapshots of an Aether store. The newest few of each actor.",
      subjects: [snapshotSubjects(effectiveName)],
      discard: "old",
      max_age: 0,
      max_msgs_per_subject: snapshotHistory,
      duplicate_window: DEFAULT_DUPLICATE_WINDOW_MS * NANOSECONDS_PER_MS,
    },
    binding: [
      "subjects",
      "storage",
      "retention",
      ...(asked.snapshotHistory ? (["max_msgs_per_subject"] as const) : []),
    ],
  };
}

/** The stream of the heads: one record per actor, which outlives the actor's events. */
export function headsPlan({ effectiveName, replicaCount }: ResolvedOptions): StreamPlan {
  return {
    config: {
      ...common(replicaCount),
      name: headStream(effectiveName),
      description: "Version floors of an Aether store. One record per actor, kept for ever.",
      subjects: [headSubjects(effectiveName)],
      discard: "old",
      max_age: 0,
      max_msgs_per_subject: 1,
      duplicate_window: DEFAULT_DUPLICATE_WINDOW_MS * NANOSECONDS_PER_MS,
    },
    binding: ["subjects", "storage", "retention", "max_age", "max_msgs_per_subject"],
  };
}

function common(
  replicaCount: number,
): Pick<StreamConfig, "storage" | "retention" | "num_replicas" | "deny_delete" | "deny_purge" | "allow_direct"> {
  return {
    storage: "file",
    retention: "limits",
    num_replicas: replicaCount,
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
  };
}
