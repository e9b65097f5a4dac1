import type { AtomicDocumentStore, DocumentStore, DocumentStoreSupports, WatchingDocumentStore } from "@aether/core";
import type { DocumentDamage } from "./document-store-under-test.ts";

/** The interfaces of document stores with a capability. */
export interface DocumentStoreCapabilities {
  /** Writes several documents together. */
  readonly atomic: AtomicDocumentStore;
  /** Reports changes. */
  readonly watch: WatchingDocumentStore;
}

/** Gives one case its document stores, on storage that no other case uses. After the case, all stores are closed. */
export interface DocumentCaseContext {
  /** The manifest of the store under test. */
  readonly supports: DocumentStoreSupports;
  /**
   * Opens a store. Every call opens the same storage: a case calls it again for a second writer, or after it has closed
   * the first store.
   */
  open(): Promise<DocumentStore>;
  /** Opens a store that has the capability. The case must list the capability in `needs`. */
  open<Capability extends keyof DocumentStoreCapabilities>(
    capability: Capability,
  ): Promise<DocumentStoreCapabilities[Capability]>;
  /** Opens a store on another storage, which is new and empty. Every call opens the same other storage. */
  openElsewhere(): Promise<DocumentStore>;
  /**
   * Calls {@link DocumentDamage.malformedValue}. The case must name the hook in `needsDamage`. Resolves to false if the
   * storage cannot contain the text.
   */
  malformedValue(collection: string, id: string, text: string): Promise<boolean>;
  /** Calls {@link DocumentDamage.foreignRecords}. The case must name the hook in `needsDamage`. */
  foreignRecords(): Promise<void>;
  /**
   * Resolves when the condition is true. If the condition is still false at the timeout, the case fails with an error
   * that contains `awaited`.
   *
   * @param awaited - a noun phrase for the error message, such as `"the first change"`
   */
  waitFor(awaited: string, condition: () => boolean): Promise<void>;
}

/** One guarantee of the contract, with a check that a document store upholds the guarantee. */
export interface DocumentCase {
  /** The part of the contract that the guarantee belongs to. */
  readonly group: string;
  /** The guarantee, as one sentence. Unique within its group. */
  readonly name: string;
  /** The manifest entries that must be true for the case to apply. */
  readonly needs: readonly (keyof DocumentStoreSupports)[];
  /**
   * The damage hook that the case needs.
   * @default none
   */
  readonly needsDamage?: keyof DocumentDamage<unknown> | undefined;
  /** Checks the guarantee. @throws {@link ConformanceError} when the store breaks the guarantee */
  run(context: DocumentCaseContext): Promise<void>;
}

/** A case without its group. */
export interface DocumentCaseDefinition extends Omit<DocumentCase, "group" | "needs"> {
  /** Manifest entries that the case needs in addition to those that its group needs. */
  readonly needs?: readonly (keyof DocumentStoreSupports)[];
}

/** Creates the cases of one group. */
export function documentCaseGroup(
  group: string,
  cases: readonly DocumentCaseDefinition[],
  groupNeeds: readonly (keyof DocumentStoreSupports)[] = [],
): readonly DocumentCase[] {
  return cases.map((definition) => ({ ...definition, group, needs: [...groupNeeds, ...(definition.needs ?? [])] }));
}
