import { describe, test } from "node:test";
import { testEventStore } from "@aether/conformance";
import { ReferenceStore } from "../reference-store.ts";
import { referencePlaces } from "../store-mutants/mutant.ts";

testEventStore({ name: "ReferenceStore", describe, test, ...referencePlaces(ReferenceStore) });
