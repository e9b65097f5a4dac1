import { setTimeout as sleep } from "node:timers/promises";
import { freePort, type NatsServer, startNatsServer } from "@aether/nats-testing";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

/** How long the servers may take to agree on a leader. */
const READY_WITHIN_MS = 60_000;

/** Starts servers that form a JetStream cluster, and waits until it takes orders. */
export async function startCluster(size: number): Promise<readonly NatsServer[]> {
  // The servers need each other's ports before they start.
  const ports = await Promise.all(Array.from({ length: size }, freePort));
  const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(", ");
  const servers = await Promise.all(
    ports.map((port, index) =>
      startNatsServer({
        startTimeoutMs: READY_WITHIN_MS,
        config: `server_name: server-${index + 1}\ncluster { name: bench, listen: "127.0.0.1:${port}", routes: [${routes}] }`,
      }),
    ),
  );
  try {
    await ready(servers);
    return servers;
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
}

/** A cluster without a leader, or with one that does not know all its servers yet, refuses to make replicated streams. */
async function ready(servers: readonly NatsServer[]): Promise<void> {
  const connection = await connect({ servers: servers.map(({ url }) => url) });
  const deadline = performance.now() + READY_WITHIN_MS;
  try {
    for (;;) {
      try {
        const manager = await jetstreamManager(connection);
        await manager.streams.add({ name: "ready", subjects: ["ready"], num_replicas: servers.length });
        await manager.streams.delete("ready");
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(200);
      }
    }
  } finally {
    await connection.close();
  }
}
