import { describe, test } from "node:test";
import { testEventStore } from "@aether/conformance";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { storeUnderTest } from "../store-mutants/mutant.ts";

class NoConflictCheck extends ReferenceStore {
  protected override checkConflict(): void {}
}

testEventStore({ name: "NoConflictCheck", describe, test, ...storeUnderTest(NoConflictCheck) });
