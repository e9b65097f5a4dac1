import type { ResolvedOptions } from "../options.ts";
import { ApiError, unavailable } from "../protocol/api-error.ts";
import type { JetStreamApi, StreamConfig, StreamInfo } from "../protocol/jetstream-api.ts";
import { actorSubjects } from "../subjects.ts";
import { StreamMismatchError, UnsafeServerError } from "./stream-errors.ts";

const NANOSECONDS_PER_MS = 1_000_000;
const DEFAULT_DUPLICATE_WINDOW_MS = 120_000;
const REPLICAS_GUARDED_SINCE = "2.9.21";

/**
 * Makes sure that the store's stream is there and is what was asked for.
 *
 * @throws `AETHER_STREAM_MISMATCH`, `AETHER_UNSAFE_SERVER`, `AETHER_STORE_UNAVAILABLE`
 */
export async function openStream(
  api: JetStreamApi,
  stream: string,
  options: ResolvedOptions,
  serverVersion: string,
): Promise<void> {
  const wanted = configFor(stream, options);
  checkServer(serverVersion, wanted.num_replicas);
  let info: StreamInfo;
  try {
    info = (await findStream(api)) ?? (await createStream(api, wanted));
  } catch (error) {
    throw unavailable(`open stream ${stream}`, error);
  }
  const differences = differencesBetween(wanted, info.config, options);
  if (differences.length > 0) throw new StreamMismatchError({ streamName: stream, differences });
  checkServer(serverVersion, info.config.num_replicas ?? 1);
}

function configFor(stream: string, { streamRetentionMs, replicaCount }: ResolvedOptions): StreamConfig {
  return {
    name: stream,
    description: "Events of an Aether store. Append only.",
    subjects: [actorSubjects(stream)],
    storage: "file",
    retention: "limits",
    discard: "new",
    max_age: (streamRetentionMs ?? 0) * NANOSECONDS_PER_MS,
    num_replicas: replicaCount,
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
    // Not used, as nothing is published with a message id; servers refuse a window that is longer than max_age.
    duplicate_window: Math.min(DEFAULT_DUPLICATE_WINDOW_MS, streamRetentionMs ?? Infinity) * NANOSECONDS_PER_MS,
  };
}

async function findStream(api: JetStreamApi): Promise<StreamInfo | undefined> {
  try {
    return await api.streamInfo();
  } catch (error) {
    if (error instanceof ApiError && error.is("streamNotFound")) return undefined;
    throw error;
  }
}

async function createStream(api: JetStreamApi, config: StreamConfig): Promise<StreamInfo> {
  try {
    return await api.createStream(config);
  } catch (error) {
    // Another process was quicker, with other settings: they are compared like those of any stream that was there.
    if (error instanceof ApiError && error.is("streamNameInUse")) return await api.streamInfo();
    throw error;
  }
}

/** What the store relies on, and what the caller asked for by name. What was left to the default may be otherwise. */
function differencesBetween(
  wanted: StreamConfig,
  actual: Partial<StreamConfig>,
  { asked }: ResolvedOptions,
): StreamMismatchError["differences"] {
  const settings: (keyof StreamConfig)[] = ["subjects", "storage", "retention", "discard", "deny_delete", "deny_purge"];
  if (asked.streamRetention) settings.push("max_age");
  if (asked.replicaCount) settings.push("num_replicas");
  return settings
    .map((setting) => ({ setting, expected: wanted[setting], actual: actual[setting] }))
    .filter(({ expected, actual }) => JSON.stringify(expected) !== JSON.stringify(actual ?? false));
}

function checkServer(serverVersion: string, replicaCount: number): void {
  if (replicaCount > 1 && isOlder(serverVersion, REPLICAS_GUARDED_SINCE)) {
    throw new UnsafeServerError({ serverVersion, minimumVersion: REPLICAS_GUARDED_SINCE, replicaCount });
  }
}

function isOlder(version: string, than: string): boolean {
  const parts = (text: string): readonly number[] =>
    text.split(/[.-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(version), parts(than)];
  const index = right.findIndex((part, at) => part !== (left[at] ?? 0));
  return index >= 0 && (left[index] ?? 0) < (right[index] ?? 0);
}
