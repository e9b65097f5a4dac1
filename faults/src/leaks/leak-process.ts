// A soak in a process of its own, so that nothing else is on its heap; forked by the suite with --expose-gc.
import { setTimeout as delay } from "node:timers/promises";
import { NatsEventBus } from "@aether/eventbus-nats";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connectAs } from "../workload/connect.ts";
import type { FromSoak, Holdings, LeakPlan } from "./leak-messages.ts";
import { SoakWork } from "./soak-work.ts";

/** The part of the operations after which caches, pools and the code itself have settled. */
const WARM_UP = 0.15;
/** How often the memory is looked at after that. */
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
  const runTo = (part: number): Promise<void> => work.run(operations * part, begin + budgetMs * part);

  tell({ kind: "busy" });
  await runTo(WARM_UP);
  tell({ kind: "quiet" });
  const before = await holdings(monitorUrl);
  tell({ kind: "busy" });
  const samples: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await runTo(WARM_UP + ((1 - WARM_UP) * round) / ROUNDS);
    samples.push(await memoryMegabytes());
  }
  tell({ kind: "quiet" });
  const after = await holdings(monitorUrl);
  const { evictions } = store.cacheStats;
  await bus.close();
  await store.close();
  await connection.flush();
  const closed = await holdings(monitorUrl);
  await connection.close();
  const result = {
    operations: work.counts,
    evictions,
    reconnects,
    before,
    after,
    closed,
    memoryMegabytes: samples,
    surprises: work.surprises,
  };
  process.removeAllListeners("disconnect");
  process.send?.({ kind: "done", result } satisfies FromSoak, () => process.disconnect());
}

async function holdings(monitorUrl: string): Promise<Holdings> {
  await delay(1_500); // what was under way has ended, a lost connection is back
  let { consumers, subscriptions } = await serverHoldings(monitorUrl);
  // Where the connection was cut in the middle of a read, the server removes the consumer by itself after 30 s.
  for (let seconds = 0; consumers > 0 && seconds < 45; seconds++) {
    await delay(1_000);
    ({ consumers, subscriptions } = await serverHoldings(monitorUrl));
  }
  // Behind the first request, which loads what makes requests.
  const memory = await memoryMegabytes();
  const handles = process.getActiveResourcesInfo().length;
  return { memoryMegabytes: memory, handles, consumers, subscriptions };
}

/** What is left when garbage was collected. */
async function memoryMegabytes(): Promise<number> {
  for (let times = 0; times < 4; times++) {
    globalThis.gc?.();
    await delay(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return Math.round(((heapUsed + external) / 2 ** 20) * 10) / 10;
}

/** What the server holds for its clients, as its monitoring says. */
async function serverHoldings(
  monitorUrl: string,
): Promise<{ readonly consumers: number; readonly subscriptions: number }> {
  const ask = async <Answer>(path: string): Promise<Answer> => (await fetch(`${monitorUrl}${path}`)).json() as Answer;
  const { connections } = await ask<{ connections: readonly { subscriptions: number }[] }>("/connz");
  const { consumers } = await ask<{ consumers: number }>("/jsz");
  return { consumers, subscriptions: connections.reduce((sum, connection) => sum + connection.subscriptions, 0) };
}

function tell(message: FromSoak): void {
  process.send?.(message);
}
