import { describe, test } from "vitest";
import { MemoryEventBus } from "../src/index.ts";
import { busCases } from "./support/bus-contract.ts";

describe("MemoryEventBus keeps the contract of event buses", () => {
  for (const { theme, name, run } of busCases) {
    test(`${theme}: ${name}`, async () => {
      await using bus = new MemoryEventBus({ onStatus: () => {} });
      await run({ publisher: bus, subscriber: bus, settle: async () => {} });
    });
  }
});
