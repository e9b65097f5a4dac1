import { describe, test } from "node:test";
import { testEventBroadcaster } from "@aether/conformance";
import { wirePlaces } from "../bus-mutants/mutant.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";

testEventBroadcaster({ name: "ReferenceBus", describe, test, ...wirePlaces(ReferenceBus) });
