import { quote } from "@aether/core";
import type { ResolvedOptions } from "../options.ts";
import type { StreamConfig, StreamInfo } from "../protocol/jetstream-api.ts";
import { eventSubjects, floorStream, floorSubjects, snapshotStream, snapshotSubjects } from "../subjects.ts";
import type { StreamRole } from "./setting-rules.ts";

/** The settings of a stream that the store creates or opens. */
export interface StreamPlan {
  readonly role: StreamRole;
  /** Settings for the creation of the stream. The rules determine which of them an existing stream must have. */
  readonly config: StreamConfig;
  /** Names of the settings that an existing stream must share with `config`, in addition to the rules. */
  readonly requested: readonly (keyof StreamConfig)[];
  /** True if the caller passed `immutable: true`. */
  readonly isImmutableRequested: boolean;
  /** Texts that the caller passed. They are updated with `stream: "update"`, and never compared. */
  readonly labels: Partial<Pick<StreamConfig, "description" | "metadata">>;
}

/** Version of the format of subjects and messages, in the metadata of each stream. */
export const FORMAT = "1";
export const FORMAT_KEY = "aether.format";

const NANOSECONDS_PER_MS = 1_000_000;
/** Several times the size of the largest floor. */
const MAX_FLOOR_BYTES = 1_024;

/** The event stream. Its messages are never overwritten. */
export function eventsPlan(options: ResolvedOptions): StreamPlan {
  const { effectiveName, streamRetentionMs, replicaCount, requested, settings } = options;
  const ageMs = streamRetentionMs ?? 0;
  const { maxBytes, compression, placement, description } = settings;
  const config = {
    ...common(options, { num_replicas: replicaCount, compression, placement }),
    name: effectiveName,
    description: description ?? `Events of the Aether store ${nameOf(options)}. Append only.`,
    subjects: [eventSubjects(effectiveName)],
    discard: "new",
    max_age: ageMs * NANOSECONDS_PER_MS,
    max_msgs_per_subject: -1,
    ...(maxBytes === undefined ? {} : { max_bytes: maxBytes }),
  } satisfies StreamConfig;
  const labels = { ...labelsOf(options), ...(description === undefined ? {} : { description }) };
  const own: (keyof StreamConfig)[] = [];
  if (requested.streamRetention) own.push("max_age");
  if (maxBytes !== undefined) own.push("max_bytes");
  return planOf("events", config, options, own, labels);
}

/**
 * The snapshot stream. It keeps the most recent snapshots of each actor.
 *
 * @param events - the event stream, whose replicas, compression and placement are the defaults
 */
export function snapshotsPlan(options: ResolvedOptions, events: StreamInfo): StreamPlan {
  const { effectiveName, snapshotHistory, requested } = options;
  const config = {
    ...common(options, events.config),
    name: snapshotStream(effectiveName),
    description: `Snapshots of the Aether store ${nameOf(options)}. The newest few of each actor.`,
    subjects: [snapshotSubjects(effectiveName)],
    discard: "old",
    max_age: 0,
    max_msgs_per_subject: snapshotHistory,
  } satisfies StreamConfig;
  const own = requested.snapshotHistory ? (["max_msgs_per_subject"] as const) : [];
  return planOf("snapshots", config, options, own, labelsOf(options));
}

/**
 * The floor stream. A floor is an upper bound of the versions that an actor has used. The stream keeps one record per
 * actor, even after the actor's events have expired. If the stream is full, it rejects records.
 *
 * @param events - the event stream, whose replicas, compression and placement are the defaults
 */
export function floorsPlan(options: ResolvedOptions, events: StreamInfo): StreamPlan {
  const { effectiveName } = options;
  const config = {
    ...common(options, events.config),
    name: floorStream(effectiveName),
    description: `Version floors of the Aether store ${nameOf(options)}. One record per actor, kept forever.`,
    subjects: [floorSubjects(effectiveName)],
    discard: "new",
    max_age: 0,
    max_msgs_per_subject: 1,
    // Floors are read as JSON. Over a leaf node connection, a large message from another program would interrupt it.
    max_msg_size: MAX_FLOOR_BYTES,
  } satisfies StreamConfig;
  return planOf("floors", config, options, [], labelsOf(options));
}

function planOf(
  role: StreamRole,
  config: StreamConfig,
  { requested, settings }: ResolvedOptions,
  own: readonly (keyof StreamConfig)[],
  labels: StreamPlan["labels"],
): StreamPlan {
  const shared: (keyof StreamConfig)[] = ["deny_delete", "deny_purge"];
  if (requested.replicaCount) shared.push("num_replicas");
  if (settings.compression !== undefined) shared.push("compression");
  if (settings.placement !== undefined) shared.push("placement");
  return { role, config, requested: [...shared, ...own], isImmutableRequested: settings.immutable === true, labels };
}

type CommonConfig = Omit<
  StreamConfig,
  "name" | "description" | "subjects" | "discard" | "max_age" | "max_msgs_per_subject"
>;

interface SharedConfig {
  readonly num_replicas?: number;
  readonly compression?: StreamConfig["compression"] | undefined;
  readonly placement?: StreamConfig["placement"] | undefined;
}

/** The settings that all streams of a store share. */
function common(options: ResolvedOptions, { num_replicas = 1, compression, placement }: SharedConfig): CommonConfig {
  const isImmutable = options.settings.immutable ?? true;
  return {
    storage: "file",
    retention: "limits",
    num_replicas,
    deny_delete: isImmutable,
    deny_purge: isImmutable,
    allow_direct: true,
    ...(compression === undefined ? {} : { compression }),
    ...(placement === undefined ? {} : { placement }),
    metadata: { ...options.settings.metadata, ...ownMetadata(options) },
  };
}

function ownMetadata({ storeName, namespace }: ResolvedOptions): Readonly<Record<string, string>> {
  return {
    [FORMAT_KEY]: FORMAT,
    "aether.store": storeName,
    ...(namespace === undefined ? {} : { "aether.namespace": namespace }),
  };
}

function labelsOf({ settings: { metadata } }: ResolvedOptions): StreamPlan["labels"] {
  return metadata === undefined ? {} : { metadata };
}

function nameOf({ storeName, namespace }: ResolvedOptions): string {
  return namespace === undefined ? quote(storeName) : `${quote(storeName)} in the namespace ${quote(namespace)}`;
}
