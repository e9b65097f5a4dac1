import type { CallOptions, DocumentStore, Position, StoredDocument } from "@aether/core";
import { readSignal } from "@aether/store-kit";
import { isParkIndex, type ParkIndex } from "./park-index.ts";
import { isPartitionRecord, type PartitionRecord } from "./partition-record.ts";
import { checkedValue, checkProcessorName, collectionOf, documentIds } from "./processor-documents.ts";
import { isSettingsRecord, type SettingsRecord } from "./settings-record.ts";

/** Progress of a processor, as its documents show it. It contains only JSON values. */
export interface ProcessorProgress {
  /**
   * Position up to which every event is handled or parked: the lowest checkpoint of all partitions. `undefined` at the
   * beginning.
   */
  readonly handledUpTo: Position | undefined;
  /** Number of parked actors. */
  readonly parkedActors: number;
  /** Message of the error that has stopped a partition; `undefined` if none has, or a process has taken it over. */
  readonly failure: string | undefined;
}

/**
 * Reads the progress of a processor, in any process: for an operator's page, or for a metric. The processor stores its
 * progress at intervals, so the events since the last checkpoint are missing.
 *
 * @returns `undefined` if the processor was never started
 * @throws `AETHER_INVALID_ARGUMENT`, and the errors of `listDocuments`
 *
 * @example
 * ```ts
 * const progress = await processorProgress(documents, "shipping-mails");
 * console.log(progress?.handledUpTo === (await store.getLatestPosition()), progress?.failure);
 * ```
 */
export async function processorProgress(
  documents: DocumentStore,
  name: string,
  options: CallOptions = {},
): Promise<ProcessorProgress | undefined> {
  checkProcessorName(name);
  const signal = readSignal(options);
  const found = new Map<string, StoredDocument>();
  for await (const document of documents.listDocuments(collectionOf(name), { signal }))
    found.set(document.id, document);
  const settings = found.get(documentIds.settings);
  if (settings === undefined) return undefined;
  const { partitions, startAfter } = checkedValue<SettingsRecord>(settings, isSettingsRecord);
  const numbers = Array.from({ length: partitions }, (_, partition) => partition);
  const records = numbers.map((partition) => {
    const document = found.get(documentIds.partition(partition));
    return document && checkedValue<PartitionRecord>(document, isPartitionRecord);
  });
  const parked = numbers.map((partition) => {
    const document = found.get(documentIds.parked(partition));
    return document === undefined ? 0 : checkedValue<ParkIndex>(document, isParkIndex).actors.length;
  });
  const checkpoints = records.map((record) => record?.checkpoint ?? startAfter ?? undefined);
  return {
    handledUpTo: checkpoints.includes(undefined) ? undefined : checkpoints.toSorted()[0],
    parkedActors: parked.reduce((total, count) => total + count, 0),
    failure: records.find((record) => record?.isReleased && record.failure !== null)?.failure?.message,
  };
}
