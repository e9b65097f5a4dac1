import { describe, test } from "node:test";
import { testEventBus } from "@aether/conformance";
import { busUnderTest } from "../bus-mutants/mutant.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";

class Echoing extends ReferenceBus {
  protected override isMine(): boolean {
    return false;
  }
}

testEventBus({ name: "Echoing", describe, test, ...busUnderTest(Echoing, 500) });
