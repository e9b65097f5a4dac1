import { type Event, invalid, quote } from "@aether/core";
import type { Projection } from "../projection.ts";

/** The part of a definition that is stored, so that a version keeps it. */
export interface DefinitionRecord {
  readonly version: number;
  /** Types of the events that the projection reads, sorted. */
  readonly eventTypes: readonly string[];
  readonly hasDocumentId: boolean;
}

export function definitionOf<E extends Event, D extends object>(projection: Projection<E, D>): DefinitionRecord {
  const { version, eventTypes, documentId } = projection;
  return { version, eventTypes: [...eventTypes].sort(), hasDocumentId: documentId !== undefined };
}

/**
 * Throws if a version has run with another definition: it has already passed the events of types that are new, and its
 * documents have other ids.
 * @throws `AETHER_INVALID_ARGUMENT`
 */
export function checkUnchanged(before: DefinitionRecord, now: DefinitionRecord): void {
  const added = now.eventTypes.find((type) => !before.eventTypes.includes(type));
  const removed = before.eventTypes.find((type) => !now.eventTypes.includes(type));
  if (added !== undefined) throw changed(before, `without a function for ${quote(added)}`);
  if (removed !== undefined) throw changed(before, `with a function for ${quote(removed)}`);
  if (before.hasDocumentId !== now.hasDocumentId)
    throw changed(before, before.hasDocumentId ? "with documentId" : "without documentId");
}

function changed({ version }: DefinitionRecord, difference: string): Error {
  return invalid("projection.version", `must be increased, because version ${version} has already run ${difference}`);
}
