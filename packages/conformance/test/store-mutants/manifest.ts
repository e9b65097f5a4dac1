import type { ReferenceStorage } from "../reference-store/reference-storage.ts";
import { ReferenceStore, referenceSupports } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

export const manifestMutants: readonly Mutant[] = [
  mutant(
    "has a manifest that differs from the public one",
    ["manifest: store.supports equals the public manifest"],
    class extends ReferenceStore {
      override readonly supports = { ...referenceSupports, streaming: false };
    },
  ),
  mutant(
    "declares a capability, but lacks its method",
    ["manifest: the methods of declared capabilities exist"],
    class extends ReferenceStore {
      constructor(storage: ReferenceStorage) {
        super(storage);
        Object.defineProperty(this, "saveEvents", { value: undefined });
      }
    },
  ),
  mutant(
    "has a capability that its manifest does not declare",
    ["manifest: the methods of undeclared capabilities are absent, or reject with UnsupportedError"],
    class extends ReferenceStore {
      override readonly supports = { durable: true, shared: true };
    },
    { supports: { durable: true, shared: true } },
  ),
];
