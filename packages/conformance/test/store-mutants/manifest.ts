import { type ReferenceStorage, ReferenceStore, referenceSupports } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

export const manifestMutants: readonly Mutant[] = [
  mutant(
    "shows another manifest than the public one",
    ["manifest: the store's manifest is the public one"],
    class extends ReferenceStore {
      override readonly supports = { ...referenceSupports, streaming: false };
    },
  ),
  mutant(
    "declares a capability whose method is missing",
    ["manifest: what is declared is there"],
    class extends ReferenceStore {
      constructor(storage: ReferenceStorage) {
        super(storage);
        Object.defineProperty(this, "saveEvents", { value: undefined });
      }
    },
  ),
  mutant(
    "does what its manifest does not declare",
    ["manifest: what is not declared is absent, or refuses"],
    class extends ReferenceStore {
      override readonly supports = { durable: true, shared: true };
    },
    { supports: { durable: true, shared: true } },
  ),
];
