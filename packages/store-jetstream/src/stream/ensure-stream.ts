import { pause } from "@aether/nats";
import { ApiError, isPassing, unavailable } from "../protocol/api-error.ts";
import { RETRY_PAUSE_MS } from "../protocol/ask-again.ts";
import type { JetStreamApi, StreamInfo } from "../protocol/jetstream-api.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import { checkServer } from "./server-version.ts";
import { type StreamDifference, StreamMismatchError, StreamNotFoundError } from "./stream-errors.ts";
import type { StreamPlan } from "./stream-plan.ts";

/** What may be done to a stream when a store is opened. */
export type StreamMode = "create" | "update" | "bind";

/** How to make sure of a stream. */
export interface EnsureOptions {
  readonly mode: StreamMode;
  readonly serverVersion: string;
  /**
   * How long to ask again while nobody answers, or a cluster is not complete: it may have lost its leader, or lose it with what
   * was asked. To ask twice for the same stream does no harm.
   */
  readonly patienceMs: number;
}

/**
 * Makes sure that a stream is there and is as planned.
 *
 * @throws `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND`, `AETHER_UNSAFE_SERVER`, `AETHER_STORE_UNAVAILABLE`
 */
export async function ensureStream(
  api: JetStreamApi,
  plan: StreamPlan,
  { mode, serverVersion, patienceMs }: EnsureOptions,
): Promise<StreamInfo> {
  const streamName = plan.config.name;
  checkServer(serverVersion, plan.config.num_replicas);
  const deadlineMs = performance.now() + patienceMs;
  let info = await asked(streamName, deadlineMs, () => find(api));
  if (info === undefined && mode === "bind") throw new StreamNotFoundError({ streamName });
  info ??= await asked(streamName, deadlineMs, () => create(api, plan));
  let differences = differencesBetween(plan, info);
  if (differences.length > 0 && mode === "update") {
    const settings = Object.fromEntries(differences.map(({ setting, expected }) => [setting, expected]));
    const { config } = info;
    info = await asked(streamName, deadlineMs, () => api.updateStream({ ...config, ...settings }));
    differences = differencesBetween(plan, info);
  }
  if (differences.length > 0) throw new StreamMismatchError({ streamName, differences });
  checkServer(serverVersion, info.config.num_replicas ?? 1);
  return info;
}

async function find(api: JetStreamApi): Promise<StreamInfo | undefined> {
  try {
    return await api.streamInfo();
  } catch (error) {
    if (error instanceof ApiError && error.is("streamNotFound")) return undefined;
    throw error;
  }
}

async function create(api: JetStreamApi, { config }: StreamPlan): Promise<StreamInfo> {
  try {
    return await api.createStream(config);
  } catch (error) {
    // Another process was quicker, with other settings: they are compared like those of any stream that was there.
    if (error instanceof ApiError && error.is("streamNameInUse")) return await api.streamInfo();
    throw error;
  }
}

function differencesBetween({ config, binding }: StreamPlan, info: StreamInfo): readonly StreamDifference[] {
  return binding
    .map((setting) => ({ setting, expected: config[setting], actual: info.config[setting] ?? false }))
    .filter(({ expected, actual }) => JSON.stringify(expected) !== JSON.stringify(actual));
}

async function asked<T>(streamName: string, deadlineMs: number, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isWorthAsking(error) || performance.now() >= deadlineMs)
        throw unavailable(`open stream ${streamName}`, error);
    }
    await pause(RETRY_PAUSE_MS);
  }
}

/** Where nobody listens there is no JetStream, and nothing to wait for; nor is there where something is not permitted. */
function isWorthAsking(error: unknown): boolean {
  if (error instanceof NoReplyError) return ["time-out", "connection lost", "unreadable"].includes(error.reason);
  return isPassing(error) || (error instanceof ApiError && error.is("noSuitablePeers"));
}
