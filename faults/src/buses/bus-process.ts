// One of several processes that publish to each other over a NATS bus. The bus suite forks these processes.
import { setTimeout as delay } from "node:timers/promises";
import { isAetherError } from "@aether/core";
import { NatsEventBus } from "@aether/eventbus-nats";
import { connectAs } from "../workload/connect.ts";
import type { BusPlan, FromBus, ToBus } from "./bus-messages.ts";

process.once("disconnect", () => process.exit(1));
process.on("message", (message: ToBus) => {
  if (message.kind === "start") void start(message.plan);
});

async function start({ name, client, urls, holdUpTo, maxInFlight, peers }: BusPlan): Promise<void> {
  const connection = await connectAs(client, urls);
  const unexpected: string[] = [];
  let missedReported = 0;
  const bus = new NatsEventBus(connection, {
    whileDisconnected: holdUpTo > 0 ? { holdUpTo } : "reject",
    onStatus: (status) => {
      if (status.type === "missed") missedReported += status.count;
      if (["permission-denied", "handler-failed", "overflow"].includes(status.type)) {
        unexpected.push(`status ${status.type}`);
      }
    },
  });

  const received: Record<string, number[]> = Object.fromEntries(peers.map((peer) => [peer, []]));
  const silentPeers = new Set(peers);
  const subscription = bus.subscribe(
    "from.*",
    ({ actorId, eventType, version }) => {
      received[actorId]?.push(version);
      if (eventType === "Finished" && silentPeers.delete(actorId) && silentPeers.size === 0) {
        send({ kind: "all peers received" });
      }
    },
    { bufferSize: 1_000_000 },
  );
  await subscription.ready;
  send({ kind: "ready" });

  let [attempts, confirmed, unconfirmed] = [0, 0, 0];
  const rejected: number[] = [];
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
        unexpected.push(String(error));
        rejected.push(version);
      } else if (error.sent) unconfirmed++;
      else {
        rejected.push(version);
        await delay(20);
      }
    }
  };
  const publishUntilStopped = async (): Promise<void> => {
    while (phase !== "stop") {
      await publish();
      await delay(2);
    }
  };
  const timer = setInterval(() => {
    const counts = Object.entries(received).map(([peer, versions]) => [peer, versions.length]);
    send({ kind: "progress", confirmed, received: Object.fromEntries(counts) });
  }, 200);
  process.on("message", (message: ToBus) => {
    if (message.kind === "finish") phase = "finish";
    if (message.kind === "stop") phase = "stop";
    if (message.kind === "report") void closeAndReport();
  });
  const work = Promise.all(Array.from({ length: maxInFlight }, publishUntilStopped)).then(() =>
    send({ kind: "stopped" }),
  );

  async function closeAndReport(): Promise<void> {
    await work;
    clearInterval(timer);
    await connection.flush(); // everything that the peers sent earlier has arrived
    const { missed, dropped, malformed } = bus.metrics;
    const report = {
      name,
      client,
      malformed,
      attempts,
      rejected,
      unconfirmed,
      received,
      missed,
      dropped,
      missedReported,
      silentPeers: [...silentPeers],
      unexpected,
    };
    await bus.close();
    await connection.close();
    process.removeAllListeners("disconnect");
    process.send?.({ kind: "report", report } satisfies FromBus, () => process.disconnect());
  }
}

function send(message: FromBus): void {
  process.send?.(message);
}
