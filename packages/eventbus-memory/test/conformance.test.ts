import { testEventBus } from "@aether/conformance";
import { describe, test } from "vitest";
import { MemoryEventBus } from "../src/index.ts";

testEventBus({
  name: "MemoryEventBus",
  describe,
  test,
  shared: false,
  createChannel: () => undefined,
  open: () => new MemoryEventBus({ onStatus: () => {} }),
});
