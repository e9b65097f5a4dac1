import { describe, test } from "node:test";
import { testEventBus } from "@aether/conformance";
import { wirePlaces } from "../bus-mutants/mutant.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";

class Echoing extends ReferenceBus {
  protected override isMine(): boolean {
    return false;
  }
}

testEventBus({ name: "Echoing", describe, test, ...wirePlaces(Echoing, 500) });
