// A soak test in a separate process, so that no other code uses its heap. The suite forks it with --expose-gc.
import { setTimeout as delay } from "node:timers/promises";
import { NatsEventBus } from "@aether/eventbus-nats";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connectAs } from "../workload/connect.ts";
import type { FromSoak, LeakPlan, Resources } from "./leak-messages.ts";
import { SoakWork } from "./soak-work.ts";

/** Share of the operations before the first measurement. They warm up caches, pools and compiled code. */
const WARM_UP = 0.15;
/** Number of memory samples after the warm-up. */
const ROUNDS = 12;

process.once("disconnect", () => process.exit(1));
process.once("message", (plan: LeakPlan) => void soak(plan));

async function soak({ client, url, monitorUrl, streamName, seed, operations, budgetMs }: LeakPlan): Promise<void> {
  const connection = await connectAs(client, [url]);
  const store = await JetStreamEventStore.open(connection, { streamName, streamRetention: "forever", cacheSize: 500 });
  let reconnects = 0;
  const bus = new NatsEventBus(connection, {
    onStatus: ({ type }) => {
      if (type === "disconnected") reconnects++;
    },
  });
  const work = new SoakWork(store, bus, seed);
  const begin = performance.now();
  const runTo = (share: number): Promise<void> => work.run(operations * share, begin + budgetMs * share);

  send({ kind: "busy" });
  await runTo(WARM_UP);
  send({ kind: "quiet" });
  const before = await measureResources(monitorUrl);
  send({ kind: "busy" });
  const samples: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await runTo(WARM_UP + ((1 - WARM_UP) * round) / ROUNDS);
    samples.push(await memoryMegabytes());
  }
  send({ kind: "quiet" });
  const after = await measureResources(monitorUrl);
  const { evictions } = store.cacheStats;
  await bus.close();
  await store.close();
  await connection.flush();
  const closed = await measureResources(monitorUrl);
  await connection.close();
  const result = {
    operations: work.counts,
    evictions,
    reconnects,
    before,
    after,
    closed,
    memoryMegabytes: samples,
    unexpected: work.unexpected,
  };
  process.removeAllListeners("disconnect");
  process.send?.({ kind: "done", result } satisfies FromSoak, () => process.disconnect());
}

async function measureResources(monitorUrl: string): Promise<Resources> {
  await delay(1_500); // calls in flight end, and a lost connection is re-established
  let { consumers, subscriptions } = await serverResources(monitorUrl);
  // If a connection is cut in the middle of a read, the server removes the consumer of the read after 30 s, and that of
  // a feed after 60 s.
  for (let seconds = 0; consumers > 0 && seconds < 75; seconds++) {
    await delay(1_000);
    ({ consumers, subscriptions } = await serverResources(monitorUrl));
  }
  // Measured after the first HTTP request, because that request loads the code of `fetch`.
  const memory = await memoryMegabytes();
  const handles = process.getActiveResourcesInfo().length;
  return { memoryMegabytes: memory, handles, consumers, subscriptions };
}

/** Returns the memory in use after garbage collection. */
async function memoryMegabytes(): Promise<number> {
  for (let times = 0; times < 4; times++) {
    globalThis.gc?.();
    await delay(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return Math.round(((heapUsed + external) / 2 ** 20) * 10) / 10;
}

/** Reads the number of consumers and subscriptions of all clients from the server's monitoring endpoint. */
async function serverResources(
  monitorUrl: string,
): Promise<{ readonly consumers: number; readonly subscriptions: number }> {
  const get = async <Body>(path: string): Promise<Body> => (await fetch(`${monitorUrl}${path}`)).json() as Body;
  const { connections } = await get<{ connections: readonly { subscriptions: number }[] }>("/connz");
  const { consumers } = await get<{ consumers: number }>("/jsz");
  return { consumers, subscriptions: connections.reduce((sum, connection) => sum + connection.subscriptions, 0) };
}

function send(message: FromSoak): void {
  process.send?.(message);
}
