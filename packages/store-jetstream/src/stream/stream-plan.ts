import type { ResolvedOptions } from "../options.ts";
import type { StreamConfig } from "../protocol/jetstream-api.ts";
import { eventSubjects, floorStream, floorSubjects, snapshotStream, snapshotSubjects } from "../subjects.ts";

/** The settings of a stream that the store needs. */
export interface StreamPlan {
  readonly config: StreamConfig;
  /** Names of the settings that an existing stream must share with `config`. */
  readonly binding: readonly (keyof StreamConfig)[];
}

const NANOSECONDS_PER_MS = 1_000_000;
const DEFAULT_DUPLICATE_WINDOW_MS = 120_000;

/** The stream of the events. Its messages are never overwritten, and the server rejects requests to delete them. */
export function eventsPlan({ effectiveName, streamRetentionMs, replicaCount, requested }: ResolvedOptions): StreamPlan {
  const binding: (keyof StreamConfig)[] = ["subjects", "storage", "retention", "discard", "deny_delete", "deny_purge"];
  // An existing stream may have another retention or number of replicas, if the caller did not pass these options.
  if (requested.streamRetention) binding.push("max_age");
  if (requested.replicaCount) binding.push("num_replicas");
  const ageMs = streamRetentionMs ?? 0;
  return {
    config: {
      ...common(replicaCount),
      name: effectiveName,
      description: "Events of an Aether store. Append only.",
      subjects: [eventSubjects(effectiveName)],
      discard: "new",
      max_age: ageMs * NANOSECONDS_PER_MS,
      max_msgs_per_subject: -1,
      // Has no effect, because messages are published without message ids. Servers reject a window longer than max_age.
      duplicate_window: Math.min(DEFAULT_DUPLICATE_WINDOW_MS, ageMs || Infinity) * NANOSECONDS_PER_MS,
    },
    binding,
  };
}

/** The stream of the snapshots. It keeps the most recent ones of each actor. */
export function snapshotsPlan({
  effectiveName,
  replicaCount,
  snapshotHistory,
  requested,
}: ResolvedOptions): StreamPlan {
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
      ...(requested.snapshotHistory ? (["max_msgs_per_subject"] as const) : []),
    ],
  };
}

/**
 * The stream of the version floors. A floor is an upper bound of the versions that an actor has used. The stream keeps
 * one record per actor, even after the actor's events have expired.
 */
export function floorsPlan({ effectiveName, replicaCount }: ResolvedOptions): StreamPlan {
  return {
    config: {
      ...common(replicaCount),
      name: floorStream(effectiveName),
      description: "Version floors of an Aether store. One record per actor, kept forever.",
      subjects: [floorSubjects(effectiveName)],
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
