import { MemoryEventBus } from "@aether/eventbus-memory";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { MemoryEventStore } from "@aether/store-memory";
import { finishing } from "../minima.ts";
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
  minima: { "cases by property": 100_000 },
  run: async (context) => {
    const { seed, signal, log } = context;
    const targets: Target[] = [];
    const servers: NatsServer[] = [];
    try {
      for (const [index, client] of Object.keys(clients).entries()) {
        const server = await startNatsServer({ signal });
        servers.push(server);
        // Who listens to everything changes how stores read: one does with, one without.
        targets.push(await Target.open(client, server.url, { isWatched: index === seed % 2 }));
      }
      const properties = [...inMemory(), ...targets.flatMap((target) => target.properties)];
      log(`${properties.length} properties`);
      const isOver = finishing(context);
      const { violations, cases } = await campaign(properties, {
        isOver: (tried) => isOver({ "cases by property": tried }),
        seed,
        signal,
      });
      for (const target of targets) await target.close();
      violations.push(...targets.flatMap((target) => target.violations));
      if (servers.some(({ running }) => !running)) violations.push("a server ended");
      return { name: "hostile", violations, figures: { "cases by property": cases } };
    } finally {
      for (const target of targets) await target.close();
      for (const server of servers) await server.stop();
    }
  },
};

function inMemory(): readonly Property[] {
  const bus = new MemoryEventBus({ onStatus: () => {} });
  return [
    ...of("store", "in memory", storeProperties(new MemoryEventStore(), NO_LIMITS)),
    ...of("bus", "in memory", busProperties({ publisher: bus, listener: bus, ...NO_LIMITS, runs: RUNS_IN_MEMORY })),
    ...of("retry", "in memory", retryProperties(RUNS_IN_MEMORY)),
  ];
}
