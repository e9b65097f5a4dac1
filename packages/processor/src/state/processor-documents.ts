import { type DocumentStore, type Immutable, InvalidDocumentError, invalid, type StoredDocument } from "@aether/core";

const MAX_NAME_BYTES = 200;

/** Throws unless the value can be the name of a processor. @throws `AETHER_INVALID_ARGUMENT` */
export function checkProcessorName(name: unknown, argument = "name"): asserts name is string {
  if (typeof name === "string" && name.isWellFormed()) {
    const bytes = new TextEncoder().encode(name).length;
    if (bytes > 0 && bytes <= MAX_NAME_BYTES) return;
  }
  throw invalid(argument, `must be a non-empty, well-formed text of at most ${MAX_NAME_BYTES} bytes in UTF-8`);
}

/** Returns the collection of a processor's documents. */
export function collectionOf(name: string): string {
  return `aether.processor.${name}`;
}

/** Ids of a processor's documents. */
export const documentIds = {
  /** The settings that never change. */
  settings: "settings",
  /** Start of the ids of members: processes that run the processor. */
  members: "member/",
  member: (memberId: string): string => `member/${memberId}`,
  /** Start of the ids of partitions. */
  partitions: "partition/",
  /** Lease and checkpoint of a partition. */
  partition: (partition: number): string => `partition/${partition}`,
  /** The parked actors of a partition. */
  parked: (partition: number): string => `parked/${partition}`,
} as const;

/** Returns the value of a document. @throws `AETHER_INVALID_DOCUMENT` unless it has the expected fields */
export function checkedValue<Value extends object>(
  document: StoredDocument,
  isValue: (value: Immutable<object>) => boolean,
): Immutable<Value> {
  const { collection, id, value } = document;
  if (isValue(value)) return value as Immutable<Value>;
  throw new InvalidDocumentError({ collection, id, reason: "is not one that a processor has written" });
}

/** Reads a document of a processor, with its value. @throws `AETHER_INVALID_DOCUMENT` and the errors of the store */
export async function readValue<Value extends object>(
  documents: DocumentStore,
  name: string,
  id: string,
  isValue: (value: Immutable<object>) => boolean,
  signal: AbortSignal | undefined,
): Promise<{ readonly document: StoredDocument; readonly value: Immutable<Value> } | undefined> {
  const document = await documents.getDocument(collectionOf(name), id, { signal });
  return document && { document, value: checkedValue<Value>(document, isValue) };
}
