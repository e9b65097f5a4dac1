import { setTimeout as delay } from "node:timers/promises";
import { waitForRoutes } from "../cluster/wait-for-routes.ts";
import type { NatsServer, StartNatsServerOptions } from "../server/nats-server.ts";
import { startNatsServer } from "../server/start-nats-server.ts";

/** Options of `startLeafNode`. */
export interface StartLeafNodeOptions extends StartNatsServerOptions {
  /** User and password with which the leaf node connects to the hub, such as `"leaf:secret"`. @default none */
  readonly credentials?: string;
  /** Additional settings of the remote, in the server's syntax, such as `"account: A"`. @default none */
  readonly remote?: string;
}

/**
 * Starts a leaf node: a server that forwards messages to and from another server, the hub. Resolves once messages pass
 * in both directions. The hub's configuration must have `leafnodes { listen: "127.0.0.1:-1" }`.
 *
 * @throws the same errors as {@link startNatsServer}
 * @throws {Error} the hub does not listen for leaf nodes, or the leaf node did not connect in time
 * @example
 * ```ts
 * await using hub = await startNatsServer({ config: 'leafnodes { listen: "127.0.0.1:-1" }' });
 * await using leaf = await startLeafNode(hub);
 * ```
 */
export async function startLeafNode(hub: NatsServer, options: StartLeafNodeOptions = {}): Promise<NatsServer> {
  const { startTimeoutMs = 20_000, credentials, remote = "", signal } = options;
  const deadline = performance.now() + startTimeoutMs;
  while (hub.leafPort === undefined) {
    if (performance.now() > deadline) throw new Error("the hub does not listen for leaf nodes");
    await delay(10);
  }
  const user = credentials === undefined ? "" : `${credentials}@`;
  const url = `nats-leaf://${user}127.0.0.1:${hub.leafPort}`;
  const config = `${options.config ?? ""}\nleafnodes { reconnect: 1, remotes: [ { url: "${url}", ${remote} } ] }`;
  const leaf = await startNatsServer({ ...options, config });
  try {
    while (!leaf.log().some((line) => line.includes("Leafnode connection created"))) {
      signal?.throwIfAborted();
      if (performance.now() > deadline) throw new Error(`the leaf node did not connect within ${startTimeoutMs} ms`);
      await delay(10);
    }
    if (!(await waitForRoutes([hub, leaf], deadline - performance.now(), signal))) {
      throw new Error(`the leaf node and the hub did not forward messages within ${startTimeoutMs} ms`);
    }
    return leaf;
  } catch (error) {
    await leaf.stop();
    throw error;
  }
}
