import type { CallOptions, DocumentStore } from "@aether/core";
import { readSignal } from "@aether/store-kit";
import { v4 as uuid } from "uuid";
import { isPartitionRecord, type PartitionRecord } from "./partition-record.ts";
import { isUndecided } from "./passing-errors.ts";
import { checkProcessorName, collectionOf, documentIds, readValue } from "./processor-documents.ts";
import { isSettingsRecord, type SettingsRecord } from "./settings-record.ts";

/**
 * Ends a processor for good, from any process: its processes lose their partitions and stop with
 * `AETHER_PROCESSOR_RETIRED`, and it cannot be started again. Its checkpoints remain. Can be repeated.
 *
 * @throws `AETHER_INVALID_ARGUMENT`, and the errors of `putDocument` except `AETHER_REVISION_CONFLICT`
 *
 * @example
 * ```ts
 * await retireProcessor(documents, "shipping-mails");
 * ```
 */
export async function retireProcessor(
  documents: DocumentStore,
  name: string,
  options: CallOptions = {},
): Promise<void> {
  checkProcessorName(name);
  const signal = readSignal(options);
  const collection = collectionOf(name);
  const { partitions } = await markSettings(documents, name, signal);
  for (let partition = 0; partition < partitions; partition++) {
    const id = documentIds.partition(partition);
    const found = await readValue<PartitionRecord>(documents, name, id, isPartitionRecord, signal);
    // The token is of no process, and the lease never ends: no process can take the partition over.
    const record: PartitionRecord = {
      token: uuid(),
      write: 0,
      leaseMs: Number.MAX_SAFE_INTEGER,
      checkpoint: found?.value.checkpoint ?? null,
      isReleased: false,
      trial: null,
      failure: null,
    };
    await documents.putDocument(collection, id, record, { signal });
  }
}

/** Marks the settings, so that the processor cannot be started any more. */
async function markSettings(
  documents: DocumentStore,
  name: string,
  signal: AbortSignal | undefined,
): Promise<SettingsRecord> {
  for (;;) {
    const found = await readValue<SettingsRecord>(documents, name, documentIds.settings, isSettingsRecord, signal);
    if (found?.value.isRetired === true) return found.value;
    const current = found?.value ?? { partitions: 1, dividesActors: true, startAfter: null };
    const settings: SettingsRecord = { ...current, isRetired: true };
    const expectedRevision = found?.document.revision ?? "absent";
    try {
      await documents.putDocument(collectionOf(name), documentIds.settings, settings, { expectedRevision, signal });
      return settings;
    } catch (error) {
      // A process has started the processor in the meantime. A write with an unknown outcome is repeated.
      if (!isUndecided(error) || signal?.aborted) throw error;
    }
  }
}
