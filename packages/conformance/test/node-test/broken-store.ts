import { describe, test } from "node:test";
import { testEventStore } from "@aether/conformance";
import { referencePlaces } from "../mutants/mutant.ts";
import { ReferenceStore } from "../reference-store.ts";

class NoConflictCheck extends ReferenceStore {
  protected override refuseTaken(): void {}
}

testEventStore({ name: "NoConflictCheck", describe, test, ...referencePlaces(NoConflictCheck) });
