import type { AnnouncementRecorder, StoreUnderTest } from "../../src/index.ts";
import { ReferenceStorage, referenceDamage } from "../reference-store/reference-storage.ts";
import { type ReferenceStore, referenceSupports } from "../reference-store/reference-store.ts";

/** A class of stores on reference storage. */
export type StoreClass = new (storage: ReferenceStorage, bus?: AnnouncementRecorder) => ReferenceStore;

/** A store with one mistake that real adapters make. */
export interface Mutant {
  /** The mistake, as the end of a sentence that begins with "a store that". */
  readonly name: string;
  /** The cases that must detect the mistake, as `"group: name"`. Other cases may also detect it. */
  readonly caughtBy: readonly string[];
  readonly store: StoreUnderTest<ReferenceStorage>;
}

/** Creates the store under test from a class of stores. */
export const storeUnderTest = (Store: StoreClass): StoreUnderTest<ReferenceStorage> => ({
  supports: referenceSupports,
  createStorage: () => new ReferenceStorage(),
  open: (storage) => new Store(storage),
  openWithBus: (storage, bus) => new Store(storage, bus),
  hold: (storage) => storage.hold(),
  damage: referenceDamage,
});

/** A short time limit, for stores that never answer. */
export const impatient: Partial<StoreUnderTest<ReferenceStorage>> = { caseTimeoutMs: 300 };

/** Creates a mutant. Most mutants are the reference store with one method overridden. */
export function mutant(
  name: string,
  caughtBy: readonly string[],
  Store: StoreClass,
  store: Partial<StoreUnderTest<ReferenceStorage>> = {},
): Mutant {
  return { name, caughtBy, store: { ...storeUnderTest(Store), ...store } };
}
