import { setTimeout as sleep } from "node:timers/promises";
import { freePort, type NatsServer, startNatsServer } from "@aether/nats-testing";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

/** Time limit for the election of a leader. */
const READY_TIMEOUT_MS = 60_000;

/**
 * Starts a JetStream cluster without proxies between the servers, and waits until it accepts replicated streams. The
 * cluster of `@aether/nats-testing` is not used, because the measurement would include its proxies in this process.
 */
export async function startCluster(size: number): Promise<readonly NatsServer[]> {
  // The servers need each other's ports before they start.
  const ports = await Promise.all(Array.from({ length: size }, freePort));
  const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(", ");
  const servers = await Promise.all(
    ports.map((port, index) =>
      startNatsServer({
        startTimeoutMs: READY_TIMEOUT_MS,
        config: [
          `server_name: server-${index + 1}`,
          `cluster { name: bench, listen: "127.0.0.1:${port}", routes: [${routes}] }`,
        ].join("\n"),
      }),
    ),
  );
  try {
    await waitUntilReady(servers);
    return servers;
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
}

/** Waits until a replicated stream can be created. Until then, the cluster has no leader that knows all servers. */
async function waitUntilReady(servers: readonly NatsServer[]): Promise<void> {
  const connection = await connect({ servers: servers.map(({ url }) => url) });
  const deadline = performance.now() + READY_TIMEOUT_MS;
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
