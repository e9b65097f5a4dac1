import { type StreamDifference, StreamMismatchError, StreamNotFoundError } from "../errors.ts";
import type { StreamMode } from "../options.ts";
import { ApiError, isPassing } from "../protocol/api-error.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi, StreamInfo } from "../protocol/jetstream-api.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import { checkServer } from "./server-version.ts";
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
  info ??= await ask((timeoutMs) => create(api, plan, timeoutMs));
  let differences = differencesBetween(plan, info);
  if (differences.some(({ setting }) => setting === "subjects")) {
    // Subjects are never updated, because the messages on the old subjects would become unreachable.
    throw new StreamMismatchError({ streamName, differences });
  }
  if (differences.length > 0 && mode === "update") {
    const settings = Object.fromEntries(differences.map(({ setting, expected }) => [setting, expected]));
    // Servers reject a duplicate window that is longer than max_age.
    const window = "max_age" in settings ? { duplicate_window: plan.config.duplicate_window } : {};
    const config = { ...info.config, ...settings, ...window };
    info = await ask((timeoutMs) => api.updateStream(config, timeoutMs));
    differences = differencesBetween(plan, info);
  }
  if (differences.length > 0) throw new StreamMismatchError({ streamName, differences });
  checkServer(serverVersion, info.config.num_replicas ?? 1);
  return info;
}

async function find(api: JetStreamApi, timeoutMs: number): Promise<StreamInfo | undefined> {
  try {
    return await api.streamInfo(timeoutMs);
  } catch (error) {
    if (error instanceof ApiError && error.is("streamNotFound")) return undefined;
    throw error;
  }
}

async function create(api: JetStreamApi, { config }: StreamPlan, timeoutMs: number): Promise<StreamInfo> {
  try {
    return await api.createStream(config, timeoutMs);
  } catch (error) {
    // Another process created the stream first, with different settings. The caller compares them.
    if (error instanceof ApiError && error.is("streamNameInUse")) return await api.streamInfo(timeoutMs);
    throw error;
  }
}

function differencesBetween({ config, binding }: StreamPlan, info: StreamInfo): readonly StreamDifference[] {
  return binding
    .map((setting) => ({ setting, expected: config[setting], actual: info.config[setting] ?? false }))
    .filter(({ expected, actual }) => JSON.stringify(expected) !== JSON.stringify(actual))
    .map((difference) => explained(difference, config.name));
}

/** Explains a difference in subjects, if the stream has the format of an earlier version, without partitions. */
function explained(difference: StreamDifference, streamName: string): StreamDifference {
  const { setting, actual } = difference;
  const isEarlier = Array.isArray(actual) && actual.includes(earlierSubjects(streamName));
  if (setting !== "subjects" || !isEarlier) return difference;
  const explanation = "the subjects of an earlier format, without partitions: copy the events into a new store";
  return { ...difference, explanation };
}

function earlierSubjects(streamName: string): string {
  const isCompanion = streamName.includes("~~");
  return isCompanion ? `${streamName}.>` : `${streamName}.events.>`;
}

/** True if a retry may succeed. If no server responds, JetStream is disabled and a retry would fail too. */
export function isWorthAskingAgain(error: unknown): boolean {
  if (error instanceof NoReplyError) return error.isPassing && error.reason !== "no responders";
  return isPassing(error) || (error instanceof ApiError && error.is("noSuitablePeers"));
}
