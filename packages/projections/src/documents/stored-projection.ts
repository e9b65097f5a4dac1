import { type Immutable, InvalidDocumentError, type Position, type StoredDocument } from "@aether/core";

/** Name and version of a projection. */
export interface ProjectionVersion {
  /** Name of the projection. */
  readonly name: string;
  /** Version of the definition, from 1. */
  readonly version: number;
}

/** A document of a projection, as it is stored. */
export interface DocumentRecord<D extends object = object> {
  /** The document; `null` if it was deleted. The position of a deletion must be kept, too. */
  readonly document: D | null;
  /** Position of the last event that changed the document. */
  readonly position: Position;
}

/** Returns the collection of a projection's documents. */
export function collectionOf({ name, version }: ProjectionVersion): string {
  return `aether.projection.${version}.${name}`;
}

/** Returns the name of the processor that keeps a projection current. */
export function processorOf({ name, version }: ProjectionVersion): string {
  return `projection.${version}.${name}`;
}

/** Returns the record in a stored document. @throws `AETHER_INVALID_DOCUMENT` */
export function recordOf<D extends object>({ collection, id, value }: StoredDocument): Immutable<DocumentRecord<D>> {
  const { document, position } = value as Partial<DocumentRecord>;
  if (typeof position === "string" && typeof document === "object") return value as Immutable<DocumentRecord<D>>;
  throw new InvalidDocumentError({ collection, id, reason: "is not one that a projection has written" });
}
