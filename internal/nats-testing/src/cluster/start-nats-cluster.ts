import { setTimeout as delay } from "node:timers/promises";
import { startTcpProxy, type TcpProxy } from "../network/tcp-proxy.ts";
import type { NatsServer } from "../server/nats-server.ts";
import { startNatsServer } from "../server/start-nats-server.ts";
import type { ClusterLink, ClusterServer, NatsCluster, StartNatsClusterOptions } from "./nats-cluster.ts";
import { waitForRoutes } from "./wait-for-routes.ts";

/** Older servers need routes in both directions. The JetStream store does not support replicated streams on them. */
const MIN_VERSION = "2.10.0";

/**
 * Starts a cluster of servers with JetStream on 127.0.0.1 and free ports. Resolves once every server knows a leader and
 * the servers forward messages to each other. On Windows, the servers keep running if this process is killed.
 *
 * @throws the same errors as {@link startNatsServer}
 * @throws {Error} the servers are older than 2.10, or were not ready in time
 * @example
 * ```ts
 * await using cluster = await startNatsCluster();
 * const connection = await connect({ servers: [...cluster.urls] });
 * for (const { proxy } of cluster.linksOf("n1")) proxy.refuse(); // n1 is cut off from n2 and n3
 * ```
 */
export async function startNatsCluster(options: StartNatsClusterOptions = {}): Promise<NatsCluster> {
  const { size = 3, startTimeoutMs = 60_000, signal } = options;
  const names = Array.from({ length: size }, (_, index) => `n${index + 1}`);
  const running = new Map<string, NatsServer>();
  const closing: AsyncDisposable[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(closing.map((each) => each[Symbol.asyncDispose]()));
  };
  try {
    const startRoute = async (to: string): Promise<TcpProxy> => {
      const proxy = await startTcpProxy(() => running.get(to)?.routePort);
      closing.push(proxy);
      return proxy;
    };
    const links: ClusterLink[] = [];
    for (const [index, from] of names.entries()) {
      for (const to of names.slice(0, index)) links.push({ from, to, proxy: await startRoute(to) });
    }
    const start = async (name: string): Promise<ClusterServer> => {
      const routes = links.filter((link) => link.from === name).map(({ proxy }) => proxy.url);
      // JetStream needs a route, and derives the size of the cluster from their number. A route to itself is ignored.
      while (routes.length < Math.max(1, size - 1)) routes.push((await startRoute(name)).url);
      const config = `${options.config ?? ""}\n${clusterConfig(name, routes)}`;
      const server = await startNatsServer({ ...options, config });
      closing.push(server);
      running.set(name, server);
      const clientProxy = await startTcpProxy(() => server.port);
      closing.push(clientProxy);
      return { name, server, clientProxy };
    };
    // One after the other: servers of 2.12 that connect to each other while they start may never elect a leader.
    const servers: ClusterServer[] = [];
    for (const name of names) servers.push(await start(name));
    const { version = "" } = running.get("n1") ?? {};
    if (version.localeCompare(MIN_VERSION, "en", { numeric: true }) < 0) {
      throw new Error(
        `nats-server ${version} cannot elect a leader over one-way routes: clusters need ${MIN_VERSION} or later`,
      );
    }
    await waitForLeader([...running.values()], startTimeoutMs, signal);
    if (!(await waitForRoutes([...running.values()], startTimeoutMs, signal))) {
      throw new Error(`the servers of the cluster did not forward messages to each other within ${startTimeoutMs} ms`);
    }
    return new RunningNatsCluster(servers, links, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

class RunningNatsCluster implements NatsCluster {
  readonly servers: readonly ClusterServer[];
  readonly links: readonly ClusterLink[];
  readonly #close: () => Promise<void>;

  constructor(servers: readonly ClusterServer[], links: readonly ClusterLink[], close: () => Promise<void>) {
    this.servers = servers;
    this.links = links;
    this.#close = close;
  }

  get urls(): readonly string[] {
    return this.servers.map(({ clientProxy }) => clientProxy.url);
  }

  server(name: string): ClusterServer {
    const found = this.servers.find((server) => server.name === name);
    if (found === undefined) throw new RangeError(`the cluster has no server ${name}`);
    return found;
  }

  linksOf(name: string, other?: string): readonly ClusterLink[] {
    return this.links.filter(({ from, to }) =>
      other === undefined
        ? from === name || to === name
        : (from === name && to === other) || (from === other && to === name),
    );
  }

  stop(): Promise<void> {
    return this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

/**
 * Servers advertise their addresses to each other. The advertised address is unreachable, so that all traffic uses the
 * proxies.
 */
function clusterConfig(name: string, routes: readonly string[]): string {
  return `
    server_name: ${name}
    cluster {
      name: aether
      listen: "127.0.0.1:-1"
      advertise: "127.0.0.1:1"
      no_advertise: true
      routes: ${JSON.stringify(routes)}
    }`;
}

async function waitForLeader(servers: readonly NatsServer[], timeoutMs: number, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const hasLeader = (server: NatsServer): boolean => server.log().some((line) => /new .*metadata leader/.test(line));
  while (!servers.every(hasLeader)) {
    signal?.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`the cluster had no leader within ${timeoutMs} ms`);
    await delay(20);
  }
}
