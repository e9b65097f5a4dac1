import { StreamNotFoundError } from "../errors.ts";
import type { StreamMode } from "../options.ts";
import { ApiError, isStreamNotFound } from "../protocol/api-error.ts";
import { askAgain, type Deadline, isWorthAskingAgain } from "../protocol/ask-again.ts";
import type { JetStreamApi, StreamInfo } from "../protocol/jetstream-api.ts";
import { checkServer } from "./server-version.ts";
import { differencesBetween, mismatchError, type SettingDifference } from "./stream-differences.ts";
import type { StreamPlan } from "./stream-plan.ts";

export interface EnsureOptions {
  readonly mode: StreamMode;
  readonly serverVersion: string;
}

/**
 * Ensures that a stream exists and has the planned settings. Until the deadline, requests that time out or lose their
 * connection are repeated, and so are requests to a cluster that is incomplete, for example because it has lost its
 * leader. Creating a stream twice is harmless.
 *
 * @throws ApiError, NoReplyError, `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND`, `AETHER_UNSAFE_SERVER`
 */
export async function ensureStream(
  api: JetStreamApi,
  plan: StreamPlan,
  { mode, serverVersion }: EnsureOptions,
  deadline: Deadline,
): Promise<StreamInfo> {
  const streamName = plan.config.name;
  const ask = <T>(request: (timeoutMs: number) => Promise<T>): Promise<T> =>
    askAgain(deadline, request, isWorthAskingAgain);
  checkServer(serverVersion, plan.config.num_replicas);
  let info = await ask((timeoutMs) => find(api, timeoutMs));
  if (info === undefined && mode === "bind") throw new StreamNotFoundError({ streamName });
  info ??= await askAgain(deadline, (timeoutMs) => create(api, plan, timeoutMs), isWorthCreatingAgain);
  if (mode === "update") info = await update(api, plan, info, ask);
  else checkDifferences(streamName, differencesBetween(plan, info));
  checkServer(serverVersion, info.config.num_replicas ?? 1);
  return info;
}

/** Updates the settings that differ, all or none. @throws `AETHER_STREAM_MISMATCH` and the errors of requests */
async function update(
  api: JetStreamApi,
  plan: StreamPlan,
  info: StreamInfo,
  ask: <T>(request: (timeoutMs: number) => Promise<T>) => Promise<T>,
): Promise<StreamInfo> {
  const streamName = plan.config.name;
  const differences = differencesBetween(plan, info);
  if (differences.some(({ isUpdatable }) => !isUpdatable)) checkDifferences(streamName, differences);
  const config = updatedConfig(plan, info, differences);
  if (config === undefined) return info;
  try {
    const updated = await ask((timeoutMs) => api.updateStream(config, timeoutMs));
    checkDifferences(streamName, differencesBetween(plan, updated));
    return updated;
  } catch (error) {
    if (differences.length > 0 && isRefusal(error)) checkDifferences(streamName, differences, error);
    throw error;
  }
}

/** Returns the settings of the stream after the update, or `undefined` if it needs no update. */
function updatedConfig(
  { labels }: StreamPlan,
  info: StreamInfo,
  differences: readonly SettingDifference[],
): object | undefined {
  const metadata = { ...info.config.metadata, ...labels.metadata };
  const isLabelled =
    (labels.description ?? info.config.description) === info.config.description &&
    Object.entries(labels.metadata ?? {}).every(([key, label]) => info.config.metadata?.[key] === label);
  if (differences.length === 0 && isLabelled) return undefined;
  const settings = Object.fromEntries(differences.map(({ setting, expected }) => [setting, expected]));
  // Servers reject a duplicate window that is longer than max_age. Without one, they choose one that they accept.
  const window = "max_age" in settings ? { duplicate_window: undefined } : {};
  // A setting that is `undefined` is omitted from the request, so the server removes it.
  return { ...info.config, ...settings, ...window, ...labels, ...(labels.metadata === undefined ? {} : { metadata }) };
}

/** True if the server examined the settings and rejected them. With the status 503, it did not examine them. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.is("other") && error.status !== 503;
}

function checkDifferences(streamName: string, differences: readonly SettingDifference[], cause?: unknown): void {
  if (differences.length === 0) return;
  throw mismatchError(streamName, differences, cause);
}

async function find(api: JetStreamApi, timeoutMs: number): Promise<StreamInfo | undefined> {
  try {
    return await api.streamInfo(timeoutMs);
  } catch (error) {
    if (isStreamNotFound(error)) return undefined;
    throw error;
  }
}

async function create(api: JetStreamApi, { config }: StreamPlan, timeoutMs: number): Promise<StreamInfo> {
  try {
    return await api.createStream(config, timeoutMs);
  } catch (error) {
    // Another process created the stream first. The caller compares the settings.
    const existing = isNameInUse(error) ? await find(api, timeoutMs) : undefined;
    if (existing === undefined) throw error;
    return existing;
  }
}

/**
 * True if the same request may succeed a moment later. In a cluster, a name is in use before its stream is found. If
 * another process is creating the stream, the server may respond to the request that it does not find the stream.
 */
function isWorthCreatingAgain(error: unknown): boolean {
  return isWorthAskingAgain(error) || isNameInUse(error) || isStreamNotFound(error);
}

function isNameInUse(error: unknown): boolean {
  return error instanceof ApiError && error.is("streamNameInUse");
}
