import type { StorePlaces } from "../../src/index.ts";
import { type ReferenceStore, referenceSupports, Shelf, shelfDamage } from "../reference-store.ts";

/** The class of a store on a shelf. */
export type StoreClass = new (shelf: Shelf) => ReferenceStore;

/** A store that is broken in one way, as real adapters are. */
export interface Mutant {
  /** The mistake. */
  readonly name: string;
  /** The cases that must catch it: `"theme: name"`. Others may catch it too. */
  readonly caughtBy: readonly string[];
  readonly places: StorePlaces<Shelf>;
}

/** The places of stores on shelves. */
export const referencePlaces = (Store: StoreClass): StorePlaces<Shelf> => ({
  supports: referenceSupports,
  createPlace: () => new Shelf(),
  open: (shelf) => new Store(shelf),
  damage: shelfDamage,
});

/** A mutant: most are the correct store with one step done otherwise. */
export function mutant(
  name: string,
  caughtBy: readonly string[],
  Store: StoreClass,
  places: Partial<StorePlaces<Shelf>> = {},
): Mutant {
  return { name, caughtBy, places: { ...referencePlaces(Store), ...places } };
}
