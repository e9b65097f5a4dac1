import type { TcpProxy } from "../network/tcp-proxy.ts";
import type { NatsServer, StartNatsServerOptions } from "../server/nats-server.ts";

/** Options of `startNatsCluster`. */
export interface StartNatsClusterOptions extends Pick<StartNatsServerOptions, "binary" | "signal"> {
  /** Number of servers. @default 3 */
  readonly size?: number;
  /** Additional configuration of each server, in the server's syntax. It cannot set `cluster` or `server_name`. */
  readonly config?: string;
  /**
   * Time limit in milliseconds for the election of a leader, and again for the links to work. If set, it also limits
   * the start of each server, which otherwise has the limit of `startNatsServer`.
   * @default 60000
   */
  readonly startTimeoutMs?: number;
}

/** A server of a cluster, with the proxy for its clients. */
export interface ClusterServer {
  /** `"n1"`, `"n2"` and so on. JetStream uses the same names for its peers. */
  readonly name: string;
  readonly server: NatsServer;
  /** Proxy between clients and the server. Clients connect to its `url`. */
  readonly clientProxy: TcpProxy;
}

/**
 * The connection between two servers of a cluster. Only `from` connects to `to`. If both servers connected to each
 * other at the same time, each would close one of the two connections. On slow links, this would happen again and
 * again.
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
  /** Addresses of the proxies, for clients. Servers do not announce any other addresses, so clients use only these. */
  readonly urls: readonly string[];
  /** Returns the server with this name. @throws {RangeError} the cluster has no such server */
  server(name: string): ClusterServer;
  /** Returns all links of a server, or only its link to `other`. */
  linksOf(name: string, other?: string): readonly ClusterLink[];
  /** Stops all servers and removes their stores. */
  stop(): Promise<void>;
}
