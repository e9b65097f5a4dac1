import { describe, test } from "node:test";
import { testEventStore } from "@aether/conformance";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { storeUnderTest } from "../store-mutants/mutant.ts";

testEventStore({ name: "ReferenceStore", describe, test, ...storeUnderTest(ReferenceStore) });
