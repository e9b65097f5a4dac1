import { ApiError, unavailable } from "../protocol/api-error.ts";
import type { JetStreamApi, StreamInfo } from "../protocol/jetstream-api.ts";
import { checkServer } from "./server-version.ts";
import { type StreamDifference, StreamMismatchError, StreamNotFoundError } from "./stream-errors.ts";
import type { StreamPlan } from "./stream-plan.ts";

/** What may be done to a stream when a store is opened. */
export type StreamMode = "create" | "update" | "bind";

/**
 * Makes sure that a stream is there and is as planned.
 *
 * @throws `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND`, `AETHER_UNSAFE_SERVER`, `AETHER_STORE_UNAVAILABLE`
 */
export async function ensureStream(
  api: JetStreamApi,
  plan: StreamPlan,
  mode: StreamMode,
  serverVersion: string,
): Promise<StreamInfo> {
  const streamName = plan.config.name;
  checkServer(serverVersion, plan.config.num_replicas);
  let info = await asked(streamName, () => find(api));
  if (info === undefined && mode === "bind") throw new StreamNotFoundError({ streamName });
  info ??= await asked(streamName, () => create(api, plan));
  let differences = differencesBetween(plan, info);
  if (differences.length > 0 && mode === "update") {
    const settings = Object.fromEntries(differences.map(({ setting, expected }) => [setting, expected]));
    const { config } = info;
    info = await asked(streamName, () => api.updateStream({ ...config, ...settings }));
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

async function asked<T>(streamName: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(`open stream ${streamName}`, error);
  }
}
