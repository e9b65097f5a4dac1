import { MemoryEventBus } from "@aether/eventbus-memory";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { MemoryEventStore } from "@aether/store-memory";
import { finishing } from "../minimums.ts";
import type { Suite } from "../suite.ts";
import { clientNames } from "../workload/plan.ts";
import { busProperties } from "./bus-properties.ts";
import { campaign } from "./campaign.ts";
import { labelled, type Property } from "./property.ts";
import { retryProperties } from "./retry-properties.ts";
import { storeProperties } from "./store-properties.ts";
import { Target } from "./target.ts";

const NO_LIMITS = { idLength: Number.POSITIVE_INFINITY, eventBytes: Number.POSITIVE_INFINITY };
/** Number of inputs per turn. Higher than with a server, because tests in memory are faster. */
const RUNS_IN_MEMORY = 200;

/** Hostile input for stores, buses and retries, and hostile records and messages that other programs could send. */
export const hostileSuite: Suite = {
  name: "hostile",
  share: 2,
  minimums: { "inputs by property": 100_000 },
  run: async (context) => {
    const { seed, signal, log } = context;
    const targets: Target[] = [];
    const servers: NatsServer[] = [];
    try {
      for (const [index, client] of clientNames.entries()) {
        const server = await startNatsServer({ signal });
        servers.push(server);
        // A subscription to all subjects changes how stores read. One client is tested with it, the other without it.
        targets.push(await Target.open(client, server.url, { isMonitored: index === seed % 2 }));
      }
      const properties = [...inMemory(), ...targets.flatMap((target) => target.properties)];
      log(`${properties.length} properties`);
      const isFinished = finishing(context);
      const { violations, cases } = await campaign(properties, {
        isFinished: (counts) => isFinished({ "inputs by property": counts }),
        seed,
        signal,
      });
      for (const target of targets) await target.close();
      violations.push(...targets.flatMap((target) => target.violations));
      if (servers.some(({ running }) => !running)) violations.push("a server ended");
      return { name: "hostile", violations, figures: { "inputs by property": cases } };
    } finally {
      for (const target of targets) await target.close();
      for (const server of servers) await server.stop();
    }
  },
};

function inMemory(): readonly Property[] {
  const bus = new MemoryEventBus({ onStatus: () => {} });
  const both = { publisher: bus, subscriber: bus };
  return [
    ...labelled("store", "in memory", storeProperties(new MemoryEventStore(), NO_LIMITS)),
    ...labelled("bus", "in memory", busProperties({ ...both, ...NO_LIMITS, runs: RUNS_IN_MEMORY })),
    ...labelled("retry", "in memory", retryProperties(RUNS_IN_MEMORY)),
  ];
}
