import type { StorePlaces } from "../../src/index.ts";
import { type ReferenceStore, referenceSupports, Shelf, shelfDamage } from "../reference-store.ts";

/** A store that is broken in one way, as real adapters are. */
export interface Mutant {
  /** The mistake. */
  readonly name: string;
  /** The cases that must catch it: `"theme: name"`. Others may catch it too. */
  readonly caughtBy: readonly string[];
  readonly places: StorePlaces<Shelf>;
}

/** The places of the correct store. */
export const referencePlaces = (Store: new (shelf: Shelf) => ReferenceStore): StorePlaces<Shelf> => ({
  supports: referenceSupports,
  createPlace: () => new Shelf(),
  open: (shelf) => new Store(shelf),
  damage: shelfDamage,
});

/** The mistakes of one theme, each made in a step of the correct store. */
export function mutant(
  name: string,
  caughtBy: readonly string[],
  Store: new (shelf: Shelf) => ReferenceStore,
  places: Partial<StorePlaces<Shelf>> = {},
): Mutant {
  return { name, caughtBy, places: { ...referencePlaces(Store), ...places } };
}
