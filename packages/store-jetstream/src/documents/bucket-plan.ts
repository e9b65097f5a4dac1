import { quote } from "@aether/core";
import type { StreamConfig } from "../protocol/jetstream-api.ts";
import { FORMAT, FORMAT_KEY, type StreamPlan } from "../stream/stream-plan.ts";
import type { ResolvedDocumentOptions } from "./document-options.ts";

/**
 * Time in which the server recognizes a repeated write. It is three times the default of `ackTimeoutMs`. The server
 * needs about 215 bytes of memory for each write in this time, and its own default is four times as long.
 */
const DUPLICATE_WINDOW_NANOSECONDS = 30_000_000_000;

/** The stream of a bucket, in the layout of NATS key-value buckets. */
export function bucketPlan(options: ResolvedDocumentOptions): StreamPlan {
  const { bucket, namespace, history, replicaCount, requested, settings } = options;
  const { maxBytes, compression, placement, description, metadata } = settings;
  const config = {
    name: bucketStream(bucket),
    description: description ?? `Documents of the Aether store ${quote(bucket)}.`,
    subjects: [`$KV.${bucket}.>`],
    storage: "file",
    retention: "limits",
    discard: "new",
    max_age: 0,
    max_msgs_per_subject: history,
    num_replicas: replicaCount,
    deny_delete: true,
    // The clients purge keys with roll-ups, which the server does not allow together with `deny_purge`.
    deny_purge: false,
    allow_rollup_hdrs: true,
    // The clients read from the leader only if this is false. A replica may lack a document that was just stored.
    allow_direct: false,
    duplicate_window: DUPLICATE_WINDOW_NANOSECONDS,
    ...(maxBytes === undefined ? {} : { max_bytes: maxBytes }),
    ...(compression === undefined ? {} : { compression }),
    ...(placement === undefined ? {} : { placement }),
    metadata: {
      ...metadata,
      [FORMAT_KEY]: FORMAT,
      ...(namespace === undefined ? {} : { "aether.namespace": namespace }),
    },
  } satisfies StreamConfig;
  const shared: (keyof StreamConfig)[] = [];
  if (requested.history) shared.push("max_msgs_per_subject");
  if (requested.replicaCount) shared.push("num_replicas");
  if (maxBytes !== undefined) shared.push("max_bytes");
  if (compression !== undefined) shared.push("compression");
  if (placement !== undefined) shared.push("placement");
  const labels = {
    ...(metadata === undefined ? {} : { metadata }),
    ...(description === undefined ? {} : { description }),
  };
  return { role: "documents", config, requested: shared, isImmutableRequested: false, labels };
}

/** The name of the stream of a bucket. */
export function bucketStream(bucket: string): string {
  return `KV_${bucket}`;
}
