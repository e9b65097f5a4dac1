// One of several processes that tell each other what happens over a NATS bus, forked by the suite.
import { setTimeout as delay } from "node:timers/promises";
import { isAetherError } from "@aether/core";
import { NatsEventBus } from "@aether/eventbus-nats";
import { connectAs } from "../workload/connect.ts";
import type { BusPlan, FromBus, ToBus } from "./bus-messages.ts";

process.once("disconnect", () => process.exit(1));
process.on("message", (message: ToBus) => {
  if (message.kind === "begin") void begin(message.plan);
});

async function begin({ name, client, urls, holdUpTo, lanes, peers }: BusPlan): Promise<void> {
  const connection = await connectAs(client, urls);
  const surprises: string[] = [];
  let missedReported = 0;
  const bus = new NatsEventBus(connection, {
    whileDisconnected: holdUpTo > 0 ? { holdUpTo } : "reject",
    onStatus: (status) => {
      if (status.type === "missed") missedReported += status.count;
      if (["permission-denied", "handler-failed", "overflow"].includes(status.type)) {
        surprises.push(`status ${status.type}`);
      }
    },
  });

  const received: Record<string, number[]> = Object.fromEntries(peers.map((peer) => [peer, []]));
  const toHear = new Set(peers);
  const subscription = bus.subscribe(
    "from.*",
    ({ actorId, eventType, version }) => {
      received[actorId]?.push(version);
      if (eventType === "Finished" && toHear.delete(actorId) && toHear.size === 0) tell({ kind: "heard" });
    },
    { bufferSize: 1_000_000 },
  );
  await subscription.ready;
  tell({ kind: "ready" });

  let [attempts, confirmed, unconfirmed] = [0, 0, 0];
  const refused: number[] = [];
  let phase: "work" | "finish" | "stop" = "work";
  const publish = async (): Promise<void> => {
    const version = ++attempts;
    const eventType = phase === "work" ? "Happened" : "Finished";
    const event = {
      id: `${name}-${version}`,
      eventType,
      actorId: name,
      version,
      data: {},
      timestamp: "2026-01-01T00:00:00Z",
    };
    try {
      await bus.publish(`from.${name}`, event);
      confirmed++;
    } catch (error) {
      if (!isAetherError(error, "AETHER_BUS_DISCONNECTED")) {
        surprises.push(String(error));
        refused.push(version);
      } else if (error.sent) unconfirmed++;
      else {
        refused.push(version);
        await delay(20);
      }
    }
  };
  const lane = async (): Promise<void> => {
    while (phase !== "stop") {
      await publish();
      await delay(2);
    }
  };
  const timer = setInterval(() => {
    const counts = Object.entries(received).map(([peer, versions]) => [peer, versions.length]);
    tell({ kind: "progress", confirmed, received: Object.fromEntries(counts) });
  }, 200);
  process.on("message", (message: ToBus) => {
    if (message.kind === "finish") phase = "finish";
    if (message.kind === "stop") phase = "stop";
    if (message.kind === "report") void report();
  });
  const work = Promise.all(Array.from({ length: lanes }, lane)).then(() => tell({ kind: "stopped" }));

  async function report(): Promise<void> {
    await work;
    clearInterval(timer);
    await connection.flush(); // what the others sent before is here
    const { missed, dropped, malformed } = bus.metrics;
    const found = {
      name,
      client,
      malformed,
      attempts,
      refused,
      unconfirmed,
      received,
      missed,
      dropped,
      missedReported,
      unheard: [...toHear],
      surprises,
    };
    await bus.close();
    await connection.close();
    process.removeAllListeners("disconnect");
    process.send?.({ kind: "report", report: found } satisfies FromBus, () => process.disconnect());
  }
}

function tell(message: FromBus): void {
  process.send?.(message);
}
