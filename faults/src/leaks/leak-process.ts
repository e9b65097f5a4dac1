// A soak in a process of its own, so that nothing else is on its heap; forked by the suite with --expose-gc.
import { setTimeout as delay } from "node:timers/promises";
import { isAetherError } from "@aether/core";
import { NatsEventBus } from "@aether/eventbus-nats";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { Random } from "../random.ts";
import { connectAs } from "../workload/connect.ts";
import type { FromSoak, Holdings, LeakPlan } from "./leak-messages.ts";

const ACTORS = 5_000;
const LANES = 32;
/** The part of the operations after which caches, pools and the code itself have settled. */
const WARM_UP = 0.15;

process.once("disconnect", () => process.exit(1));
process.once("message", (plan: LeakPlan) => void soak(plan));

async function soak(plan: LeakPlan): Promise<void> {
  const { client, url, monitorUrl, streamName, operations } = plan;
  const random = new Random(plan.seed);
  const connection = await connectAs(client, [url]);
  const store = await JetStreamEventStore.open(connection, { streamName, streamRetention: "forever", cacheSize: 500 });
  let reconnects = 0;
  const bus = new NatsEventBus(connection, {
    onStatus: ({ type }) => {
      if (type === "disconnected") reconnects++;
    },
  });
  const latest = new Map<string, number>();
  const surprises: string[] = [];
  let [done, subscriptionsOpened, readsAborted] = [0, 0, 0];

  const append = async (actorId: string): Promise<void> => {
    const version = (latest.get(actorId) ?? 0) + 1;
    latest.set(actorId, version);
    await store.saveEvent({ actorId, version, eventType: "Written", data: { version } });
  };
  const leaveRead = async (actorId: string): Promise<void> => {
    readsAborted++;
    for await (const _ of store.readEvents(actorId)) break;
  };
  const abortRead = async (actorId: string): Promise<void> => {
    readsAborted++;
    await store.getEvents(actorId, 0, { signal: AbortSignal.timeout(random.integer(0, 2)) });
  };
  const subscribe = async (): Promise<void> => {
    subscriptionsOpened++;
    const subscription = bus.subscribe(`from.${random.integer(1, 1_000)}`);
    if (random.chance(0.2)) await subscription.ready;
    await subscription.unsubscribe();
  };
  const step = async (): Promise<void> => {
    const actorId = `actor-${random.integer(1, ACTORS)}`;
    const draw = random.next();
    if (draw < 0.7) await append(actorId);
    else if (draw < 0.78) await store.getEvents(actorId, Math.max(0, (latest.get(actorId) ?? 0) - 3));
    else if (draw < 0.84) await leaveRead(actorId);
    else if (draw < 0.88) await abortRead(actorId);
    else if (draw < 0.9) await store.getLatestVersion(actorId);
    else if (draw < 0.91) await store.load(actorId);
    else await subscribe();
  };
  const attempt = async (): Promise<void> => {
    done++;
    try {
      await step();
    } catch (error) {
      const isAbort = error instanceof DOMException && error.name === "TimeoutError";
      if (!isAbort && !isAetherError(error) && surprises.length < 10) surprises.push(String(error));
    }
  };
  const begin = performance.now();
  const run = async (goal: number, budgetMs: number): Promise<void> => {
    const lane = async (): Promise<void> => {
      while (done < goal && performance.now() - begin < budgetMs) await attempt();
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  };
  const holdings = async (): Promise<Holdings> => {
    await delay(1_500); // what was under way has ended, a lost connection is back
    for (let times = 0; times < 4; times++) {
      globalThis.gc?.();
      await delay(20);
    }
    let { consumers, subscriptions } = await serverHoldings(monitorUrl);
    // Where the connection was cut in the middle of a read, the server removes the consumer by itself after 30 s.
    for (let seconds = 0; consumers > 0 && seconds < 45; seconds++) {
      await delay(1_000);
      ({ consumers, subscriptions } = await serverHoldings(monitorUrl));
    }
    return {
      heapMegabytes: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
      handles: process.getActiveResourcesInfo().length,
      consumers,
      subscriptions,
    };
  };

  await run(operations * WARM_UP, plan.budgetMs * WARM_UP);
  const before = await holdings();
  tell({ kind: "warm" });
  await run(operations, plan.budgetMs);
  tell({ kind: "over" });
  const after = await holdings();
  const { evictions } = store.cacheStats;
  await bus.close();
  await store.close();
  await connection.flush();
  const closed = await holdings();
  await connection.close();
  const counts = { operations: done, evictions, subscriptionsOpened, readsAborted, reconnects };
  process.removeAllListeners("disconnect");
  process.send?.({ kind: "done", result: { ...counts, before, after, closed, surprises } } satisfies FromSoak, () =>
    process.disconnect(),
  );
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
