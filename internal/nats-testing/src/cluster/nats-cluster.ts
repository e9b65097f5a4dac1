import type { TcpProxy } from "../network/tcp-proxy.ts";
import type { NatsServer, StartNatsServerOptions } from "../server/nats-server.ts";

/** How to start a cluster. */
export interface StartNatsClusterOptions extends Pick<StartNatsServerOptions, "binary" | "signal"> {
  /** How many servers. @default 3 */
  readonly size?: number;
  /** More configuration of each server, in the server's own syntax. It cannot set `cluster` and `server_name`. */
  readonly config?: string;
  /** How long it may take until all servers have found a leader for JetStream. @default 60000 */
  readonly startTimeoutMs?: number;
}

/** A server of a cluster, and the ways to it. */
export interface ClusterServer {
  /** `"n1"`, `"n2"` and so on: as JetStream calls its peers. */
  readonly name: string;
  readonly server: NatsServer;
  /** The way of the clients: connect to its `url`. */
  readonly entrance: TcpProxy;
}

/**
 * The way between two servers of a cluster: `from` connects to `to`. Never the other way round: servers that connect to each
 * other at the same time close one connection each, and where the ways are slow, those of one pair time and again.
 */
export interface ClusterLink {
  readonly from: string;
  readonly to: string;
  readonly proxy: TcpProxy;
}

/** Servers that keep JetStream's streams together; everything between them, and to them, passes a proxy. */
export interface NatsCluster extends AsyncDisposable {
  readonly servers: readonly ClusterServer[];
  /** One for each pair of servers. */
  readonly links: readonly ClusterLink[];
  /** Where clients connect, through the proxies. Servers do not tell clients of each other: they keep to these. */
  readonly urls: readonly string[];
  /** The server of a name. @throws {RangeError} there is none */
  server(name: string): ClusterServer;
  /** The links of a server, or the one between two. */
  linksOf(name: string, other?: string): readonly ClusterLink[];
  /** Ends all servers and removes their stores. */
  stop(): Promise<void>;
}
