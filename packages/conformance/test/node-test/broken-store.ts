import { describe, test } from "node:test";
import { testEventStore } from "@aether/conformance";
import { ReferenceStore } from "../reference-store.ts";
import { referencePlaces } from "../store-mutants/mutant.ts";

class NoConflictCheck extends ReferenceStore {
  protected override refuseTaken(): void {}
}

testEventStore({ name: "NoConflictCheck", describe, test, ...referencePlaces(NoConflictCheck) });
