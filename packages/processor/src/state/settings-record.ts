import type { Event, FeedEventStore, Position } from "@aether/core";
import { ProcessorMismatchError, ProcessorRetiredError } from "../errors.ts";
import { verifyPosition } from "../position.ts";
import type { ResolvedOptions } from "../processor-options.ts";
import { isUndecided } from "./passing-errors.ts";
import { collectionOf, documentIds, readValue } from "./processor-documents.ts";

/** Settings of a processor that never change. The first start stores them. */
export interface SettingsRecord {
  /** Number of partitions. */
  readonly partitions: number;
  /** True if each actor is in one partition; false if each partition has all events. */
  readonly dividesActors: boolean;
  /** Position that partitions without a checkpoint start after; `null` for the beginning. */
  readonly startAfter: Position | null;
  /** True if the processor was ended for good. */
  readonly isRetired?: boolean;
}

/** Returns true if a value has the fields of a `SettingsRecord`. */
export function isSettingsRecord(value: object): boolean {
  const { partitions, dividesActors, startAfter } = value as Partial<SettingsRecord>;
  const hasPartitions = Number.isSafeInteger(partitions) && typeof dividesActors === "boolean";
  return hasPartitions && (startAfter === null || typeof startAfter === "string");
}

/**
 * Returns the settings of a processor. Stores them if it starts for the first time.
 * @throws `AETHER_PROCESSOR_MISMATCH` if it has another number of partitions
 * @throws `AETHER_PROCESSOR_RETIRED`, and the errors of both stores
 */
export async function establishSettings<E extends Event>(
  { store, documents, name, partitions, dividesActors, startFrom }: ResolvedOptions<E>,
  signal: AbortSignal,
): Promise<SettingsRecord> {
  for (;;) {
    const found = await readValue<SettingsRecord>(documents, name, documentIds.settings, isSettingsRecord, signal);
    if (found === undefined) {
      const startAfter = await startOf(startFrom, store, signal);
      const settings: SettingsRecord = { partitions, dividesActors, startAfter };
      const options = { expectedRevision: "absent", signal } as const;
      try {
        await documents.putDocument(collectionOf(name), documentIds.settings, settings, options);
        return settings;
      } catch (error) {
        // Another process was first, or this one was: read again.
        if (!isUndecided(error)) throw error;
        continue;
      }
    }
    const { value } = found;
    if (value.isRetired === true) throw new ProcessorRetiredError({ processor: name });
    const requested = { partitions, partitionBy: partitionBy(dividesActors) };
    const actual = { partitions: value.partitions, partitionBy: partitionBy(value.dividesActors) };
    for (const setting of ["partitions", "partitionBy"] as const) {
      if (actual[setting] === requested[setting]) continue;
      const [found, wanted] = [JSON.stringify(actual[setting]), JSON.stringify(requested[setting])];
      throw new ProcessorMismatchError({ processor: name, setting, actual: found, requested: wanted });
    }
    return value;
  }
}

/** Returns the position to start after. @throws the errors of the store, for example if it has no such position */
async function startOf<E extends Event>(
  startFrom: ResolvedOptions<E>["startFrom"],
  store: FeedEventStore<E>,
  signal: AbortSignal,
): Promise<Position | null> {
  if (startFrom === "beginning") return null;
  if (startFrom === "now") return (await store.getLatestPosition({ signal })) ?? null;
  // It is stored for good, so a later start could not correct it.
  await verifyPosition(store, startFrom, signal);
  return startFrom;
}

function partitionBy(dividesActors: boolean): "actor" | "none" {
  return dividesActors ? "actor" : "none";
}
