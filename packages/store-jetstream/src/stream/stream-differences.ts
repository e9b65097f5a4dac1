import { type StreamDifference, StreamMismatchError } from "../errors.ts";
import type { StreamInfo } from "../protocol/jetstream-api.ts";
import { all, type SettingRule, settingRules } from "./setting-rules.ts";
import { FORMAT, FORMAT_KEY, type StreamPlan } from "./stream-plan.ts";

/** The value of a setting that JetStream omits. */
const omitted: Readonly<Record<string, unknown>> = { num_replicas: 1, compression: "none", persist_mode: "default" };

const UNKNOWN: SettingRule = {
  fixedOn: all,
  otherwise: "this version of the store does not know the setting, so it cannot keep its promises",
  isNeverUpdated: true,
};

/** A difference between a stream and its plan. */
export interface SettingDifference extends StreamDifference {
  /** True if `stream: "update"` may change the setting. The server may still reject the change. */
  readonly isUpdatable: boolean;
}

/**
 * Lists the settings of a stream on which the store cannot rely, and those that differ from the requested ones.
 *
 * @param requested - names of the settings that options request
 */
export function differencesBetween(
  plan: StreamPlan,
  { config }: StreamInfo,
  requested: readonly string[] = plan.requested,
): readonly SettingDifference[] {
  const planned: Readonly<Record<string, unknown>> = { ...plan.config };
  const found: SettingDifference[] = [];
  for (const setting of new Set([...settingRules.keys(), ...Object.keys(config)])) {
    const rule = settingRules.get(setting) ?? UNKNOWN;
    if (!rule.fixedOn.includes(plan.role) && !requested.includes(setting)) continue;
    const expected = planned[setting] ?? omitted[setting];
    const actual = config[setting] ?? omitted[setting];
    if (canonical(expected) === canonical(actual)) continue;
    const explanation = explanationOf(setting, plan, config[setting]) ?? rule.otherwise;
    const isUpdatable = rule.isNeverUpdated !== true && !(isPermanent(setting) && !plan.isImmutableRequested);
    found.push({ setting, expected, actual, explanation, isUpdatable });
  }
  return [...found, ...formatDifference(config.metadata)];
}

/** Returns the error for a stream on which the store cannot rely. */
export function mismatchError(
  streamName: string,
  differences: readonly SettingDifference[],
  cause?: unknown,
): StreamMismatchError {
  const listed = differences.map(({ isUpdatable: _, ...difference }): StreamDifference => difference);
  return new StreamMismatchError({ streamName, differences: listed, ...(cause === undefined ? {} : { cause }) });
}

/** A change of these settings can never be undone. So it must be requested explicitly. */
function isPermanent(setting: string): boolean {
  return setting === "deny_delete" || setting === "deny_purge";
}

function explanationOf(setting: string, { config, isImmutableRequested }: StreamPlan, actual: unknown) {
  if (setting === "subjects" && Array.isArray(actual) && actual.includes(earlierSubjects(config.name)))
    return "the subjects of an earlier format, without partitions: copy the events into a new store";
  if (setting === "compression" && actual === undefined) return "servers before 2.10 ignore this setting";
  if (!isPermanent(setting)) return undefined;
  if (actual === true) return "this protection can never be removed: open the store without immutable: false";
  if (isImmutableRequested) return "stored messages can be deleted";
  return (
    "stored messages can be deleted: accept this with immutable: false, " +
    'or use immutable: true with stream: "update", which can never be undone'
  );
}

function earlierSubjects(streamName: string): string {
  const isCompanion = streamName.includes("~~");
  return isCompanion ? `${streamName}.>` : `${streamName}.events.>`;
}

/** Rejects a stream in a format of a later version of this package. Servers before 2.10 do not store the format. */
function formatDifference(metadata: Readonly<Record<string, string>> | undefined): readonly SettingDifference[] {
  const actual = metadata?.[FORMAT_KEY] ?? FORMAT;
  if (actual === FORMAT) return [];
  const explanation = "the stream has another format: use the version of this package that created it";
  return [{ setting: `metadata.${FORMAT_KEY}`, expected: FORMAT, actual, explanation, isUpdatable: false }];
}

/** Text that is equal for equal settings. The order of lists has no meaning, and unset fields are omitted. */
function canonical(value: unknown): string {
  if (isUnset(value)) return "";
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => !isUnset(field));
  return `{${fields
    .map(([name, field]) => `${name}:${canonical(field)}`)
    .sort()
    .join()}}`;
}

/** True if a value is the same as none. In JetStream, -1 means no limit. */
function isUnset(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === -1 || value === "")
    return true;
  return typeof value === "object" && Object.values(value).every(isUnset);
}
