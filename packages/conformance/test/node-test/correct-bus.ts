import { describe, test } from "node:test";
import { testEventBus } from "@aether/conformance";
import { busUnderTest } from "../bus-mutants/mutant.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";

testEventBus({ name: "ReferenceBus", describe, test, ...busUnderTest(ReferenceBus) });
