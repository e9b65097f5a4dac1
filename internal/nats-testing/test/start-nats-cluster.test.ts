import { connect } from "nats";
import { expect, it, onTestFinished, vi } from "vitest";
import { findNatsServer, startNatsCluster } from "../src/index.ts";

const { version } = await findNatsServer();
const isOld = version.localeCompare("2.10", "en", { numeric: true }) < 0;

it("replicates streams, with all connections between servers through proxies", async () => {
  if (isOld) {
    await expect(startNatsCluster()).rejects.toThrow(`nats-server ${version} cannot elect a leader`);
    return;
  }
  const cluster = await startNatsCluster();
  onTestFinished(() => cluster.stop());
  expect(cluster.servers.map(({ name }) => name)).toEqual(["n1", "n2", "n3"]);
  expect(cluster.links).toHaveLength(3);
  expect(cluster.linksOf("n2")).toHaveLength(2);
  expect(cluster.linksOf("n1", "n2").map(({ from, to }) => [from, to])).toEqual([["n2", "n1"]]);
  expect(() => cluster.server("n4")).toThrow(RangeError);

  const connection = await connect({ servers: [...cluster.urls], timeout: 20_000, maxReconnectAttempts: -1 });
  onTestFinished(() => connection.close());
  const manager = await connection.jetstreamManager({ timeout: 20_000 });
  // The leader rejects this until it knows all servers.
  const kept = { name: "kept", subjects: ["kept"], num_replicas: 3 };
  const { cluster: group } = await vi.waitFor(() => manager.streams.add(kept), 20_000);
  expect(group?.replicas).toHaveLength(2);
  expect(connection.info?.connect_urls ?? []).toEqual([]);

  await connection.jetstream().publish("kept", "by three");
  // If both servers of a pair connected to each other, they would close one of the two routes, repeatedly on slow
  // links.
  for (const { server } of cluster.servers) expect(server.log().join("\n")).not.toContain("Duplicate Route - Remote");

  const other = cluster.servers.find(({ name }) => name !== group?.leader);
  for (const { proxy } of cluster.linksOf(other?.name ?? "")) proxy.refuse();
  const sawRouteEnd = (): boolean => other?.server.log().some((line) => /Router connection closed/.test(line)) ?? false;
  while (!sawRouteEnd() || cluster.linksOf(other?.name ?? "").some(({ proxy }) => proxy.connections > 0)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}, 120_000);
