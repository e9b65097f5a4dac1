import type { TcpProxy } from "../network/tcp-proxy.ts";
import type { NatsServer, StartNatsServerOptions } from "../server/nats-server.ts";

/** Options of `startNatsCluster`. */
export interface StartNatsClusterOptions extends Pick<StartNatsServerOptions, "binary" | "signal"> {
  /** Number of servers. @default 3 */
  readonly size?: number;
  /** Additional configuration of each server, in the server's syntax. It cannot set `cluster` and `server_name`. */
  readonly config?: string;
  /** Time limit until all servers have a JetStream leader. @default 60000 */
  readonly startTimeoutMs?: number;
}

/** A server of a cluster, with the proxy for its clients. */
export interface ClusterServer {
  /** `"n1"`, `"n2"` and so on; also its name as a JetStream peer. */
  readonly name: string;
  readonly server: NatsServer;
  /** Proxy between clients and the server: connect to its `url`. */
  readonly clientProxy: TcpProxy;
}

/**
 * The connection between two servers of a cluster: `from` connects to `to`, never the other way round. Two servers that
 * connect to each other at the same time close one connection each; on slow links this repeats.
 */
export interface ClusterLink {
  readonly from: string;
  readonly to: string;
  readonly proxy: TcpProxy;
}

/** Running servers that replicate JetStream streams. All connections to them and between them pass through proxies. */
export interface NatsCluster extends AsyncDisposable {
  readonly servers: readonly ClusterServer[];
  /** One link for each pair of servers. */
  readonly links: readonly ClusterLink[];
  /** Addresses for clients: those of the proxies. Servers do not announce others, so clients stay with these. */
  readonly urls: readonly string[];
  /** Returns the server with a name. @throws {RangeError} the cluster has no such server */
  server(name: string): ClusterServer;
  /** Returns all links of a server, or the one to another server. */
  linksOf(name: string, other?: string): readonly ClusterLink[];
  /** Stops all servers and removes their stores. */
  stop(): Promise<void>;
}
