import { MemoryEventBus } from "@aether/eventbus-memory";
import { startNatsServer } from "@aether/nats-testing";
import { MemoryEventStore } from "@aether/store-memory";
import type { Suite } from "../suite.ts";
import { busProperties } from "./bus-inputs.ts";
import { campaign } from "./campaign.ts";
import { of, type Property } from "./property.ts";
import { retryProperties } from "./retry-inputs.ts";
import { storeProperties } from "./store-inputs.ts";
import { clients, Target } from "./target.ts";

const NO_LIMITS = { idLength: Number.POSITIVE_INFINITY, eventBytes: Number.POSITIVE_INFINITY };
/** What needs no server is quick. */
const RUNS_IN_MEMORY = 200;

/** Hostile input to every public entry, and hostile records and messages past them. */
export const hostileSuite: Suite = {
  name: "hostile",
  share: 2,
  run: async ({ budgetMs, seed, signal, log }) => {
    const targets: Target[] = [];
    await using server = await startNatsServer({ signal });
    try {
      for (const client of Object.keys(clients)) targets.push(await Target.open(client, server.url));
      const properties = [...inMemory(), ...targets.flatMap((target) => target.properties)];
      log(`${properties.length} properties`);
      const { violations, cases } = await campaign(properties, { budgetMs, seed, signal });
      for (const target of targets) await target.close();
      if (!server.running) violations.push("the server ended");
      violations.push(...targets.flatMap((target) => target.violations));
      const total = Object.values(cases).reduce((sum, count) => sum + count, 0);
      return { name: "hostile", violations, figures: { cases: total, "cases by property": cases } };
    } finally {
      if (signal.aborted) for (const target of targets) await target.close();
    }
  },
};

function inMemory(): readonly Property[] {
  const bus = new MemoryEventBus({ onStatus: () => {} });
  return [
    ...of("store-memory", storeProperties(new MemoryEventStore(), NO_LIMITS)),
    ...of("eventbus-memory", busProperties({ publisher: bus, listener: bus, ...NO_LIMITS, runs: RUNS_IN_MEMORY })),
    ...of("retry", retryProperties(RUNS_IN_MEMORY)),
  ];
}
