import { describe, test } from "node:test";
import { testEventStore } from "@aether/conformance";
import { referencePlaces } from "../mutants/mutant.ts";
import { ReferenceStore } from "../reference-store.ts";

testEventStore({ name: "ReferenceStore", describe, test, ...referencePlaces(ReferenceStore) });
