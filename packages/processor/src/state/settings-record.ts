import { type Event, isAetherError, type Position } from "@aether/core";
import { ProcessorMismatchError } from "../errors.ts";
import type { ResolvedOptions } from "../processor-options.ts";
import { collectionOf, documentIds, readValue } from "./processor-documents.ts";

/** Settings of a processor that never change. The first start stores them. */
export interface SettingsRecord {
  /** Number of partitions. */
  readonly partitions: number;
  /** Position that partitions without a checkpoint start after; `null` for the beginning. */
  readonly startAfter: Position | null;
}

/** Returns true if a value has the fields of a `SettingsRecord`. */
export function isSettingsRecord(value: object): boolean {
  const { partitions, startAfter } = value as Partial<SettingsRecord>;
  return Number.isSafeInteger(partitions) && (startAfter === null || typeof startAfter === "string");
}

/**
 * Returns the settings of a processor. Stores them if it starts for the first time.
 * @throws `AETHER_PROCESSOR_MISMATCH` if it has another number of partitions, and the errors of both stores
 */
export async function establishSettings<E extends Event>(
  { store, documents, name, partitions, startFrom }: ResolvedOptions<E>,
  signal: AbortSignal,
): Promise<SettingsRecord> {
  for (;;) {
    const found = await readValue<SettingsRecord>(documents, name, documentIds.settings, isSettingsRecord, signal);
    if (found === undefined) {
      const startAfter = startFrom === "beginning" ? undefined : startFrom === "now" ? undefined : startFrom;
      const position = startFrom === "now" ? await store.getLatestPosition({ signal }) : startAfter;
      const settings: SettingsRecord = { partitions, startAfter: position ?? null };
      const options = { expectedRevision: "absent", signal } as const;
      try {
        await documents.putDocument(collectionOf(name), documentIds.settings, settings, options);
        return settings;
      } catch (error) {
        // Another process was first, or this one was: read again.
        if (isAetherError(error, "AETHER_REVISION_CONFLICT") || isAetherError(error, "AETHER_OUTCOME_UNKNOWN"))
          continue;
        throw error;
      }
    }
    const { value } = found;
    if (value.partitions === partitions) return value;
    throw new ProcessorMismatchError({
      processor: name,
      setting: "partitions",
      actual: String(value.partitions),
      requested: String(partitions),
    });
  }
}
