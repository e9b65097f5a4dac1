import type { Event, EventStore, StoreCapabilities, StoreCapability, StoreSupports } from "@aether/core";
import type { AnnouncementRecorder, StorageDamage } from "./store-under-test.ts";

/** Gives one case its stores, on storage that no other case uses. After the case, all stores are closed. */
export interface StoreCaseContext {
  /** The manifest of the store under test. */
  readonly supports: StoreSupports;
  /**
   * Maximum duration of the case, in milliseconds. A case that saves a long history saves fewer events if the store is
   * too slow for this limit.
   */
  readonly caseTimeoutMs: number;
  /**
   * Opens a store. Every call opens the same storage: a case calls it again for a second writer, or after it has closed
   * the first store.
   */
  open(): Promise<EventStore>;
  /** Opens a store that has the capability. The case must list the capability in `needs`. */
  open<Capability extends StoreCapability>(capability: Capability): Promise<StoreCapabilities[Capability]>;
  /**
   * Opens a store with the capability on another storage, which is new and empty. Every call opens the same other
   * storage. The case must list the capability in `needs`.
   */
  openElsewhere<Capability extends StoreCapability>(capability: Capability): Promise<StoreCapabilities[Capability]>;
  /** Calls {@link StorageDamage.interruptedSave}. The case must name the hook in `needsDamage`. */
  interruptedSave(events: readonly Event[]): Promise<void>;
  /**
   * Calls {@link StorageDamage.malformedRecord}. The case must name the hook in `needsDamage`. Resolves to false if the
   * storage cannot contain the bytes.
   *
   * @param bytes - bytes of the record; the text `no JSON` by default
   */
  malformedRecord(actorId: string, bytes?: Uint8Array): Promise<boolean>;
  /**
   * Holds the storage. The case must name the hook in `needsHook`. Call the result to release it. After the case, the
   * storage is released in any case.
   */
  hold(): Promise<() => Promise<void>>;
  /** Opens a store that announces its events on this bus. The case must name the hook in `needsHook`. */
  openWithBus(bus: AnnouncementRecorder): Promise<EventStore>;
}

/** A hook of the store under test that some cases need. */
export type StoreHook = "hold" | "openWithBus";

/** One guarantee of the contract, with a check that a store upholds the guarantee. */
export interface StoreCase {
  /** The part of the contract that the guarantee belongs to. */
  readonly group: string;
  /** The guarantee, as one sentence. Unique within its group. */
  readonly name: string;
  /** The manifest entries that must be true for the case to apply. */
  readonly needs: readonly (keyof StoreSupports)[];
  /**
   * The damage hook that the case needs.
   * @default none
   */
  readonly needsDamage?: keyof StorageDamage<unknown> | undefined;
  /**
   * The other hook that the case needs.
   * @default none
   */
  readonly needsHook?: StoreHook | undefined;
  /** Checks the guarantee. @throws {@link ConformanceError} when the store breaks the guarantee */
  run(context: StoreCaseContext): Promise<void>;
}

/** A case without its group. */
export interface StoreCaseDefinition extends Omit<StoreCase, "group" | "needs"> {
  /** Manifest entries that the case needs in addition to those that its group needs. */
  readonly needs?: readonly (keyof StoreSupports)[];
}

/** Creates the cases of one group. */
export function storeCaseGroup(
  group: string,
  cases: readonly StoreCaseDefinition[],
  groupNeeds: readonly (keyof StoreSupports)[] = [],
): readonly StoreCase[] {
  return cases.map((definition) => ({ ...definition, group, needs: [...groupNeeds, ...(definition.needs ?? [])] }));
}
