import type { StoreUnderTest } from "../../src/index.ts";
import {
  ReferenceStorage,
  type ReferenceStore,
  referenceDamage,
  referenceSupports,
} from "../reference-store/reference-store.ts";

/** The class of a store on a storage. */
export type StoreClass = new (storage: ReferenceStorage) => ReferenceStore;

/** A store that is broken in one way, as real adapters are. */
export interface Mutant {
  /** The mistake. */
  readonly name: string;
  /** The cases that must catch it: `"group: name"`. Others may catch it too. */
  readonly caughtBy: readonly string[];
  readonly store: StoreUnderTest<ReferenceStorage>;
}

/** The store of stores on shelves. */
export const storeUnderTest = (Store: StoreClass): StoreUnderTest<ReferenceStorage> => ({
  supports: referenceSupports,
  createStorage: () => new ReferenceStorage(),
  open: (storage) => new Store(storage),
  damage: referenceDamage,
});

/** A mutant: most are the correct store with one step done otherwise. */
export function mutant(
  name: string,
  caughtBy: readonly string[],
  Store: StoreClass,
  store: Partial<StoreUnderTest<ReferenceStorage>> = {},
): Mutant {
  return { name, caughtBy, store: { ...storeUnderTest(Store), ...store } };
}
