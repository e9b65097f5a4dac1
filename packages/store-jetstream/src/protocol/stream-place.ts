import type { NatsServerInfo } from "@aether/nats";

/** The part of a stream's description that says which servers have the stream. */
export interface StreamPlace {
  /** JetStream domain of the stream; `undefined` if it has none. */
  readonly domain?: string | undefined;
  /** The servers of the stream. Servers of 2.9 omit it if they have no cluster. */
  readonly cluster?: { readonly name?: string | undefined; readonly leader?: string | undefined } | undefined;
}

/**
 * Returns true if a leaf node connection may lie between a server and a stream. A server closes such a connection, for
 * all its users, if it receives a message that exceeds its own `max_payload`. Between the servers of a cluster,
 * messages of all sizes pass.
 */
export function isRemote({ domain, cluster }: StreamPlace, server: NatsServerInfo): boolean {
  if (cluster?.leader === undefined) return server.domain !== domain || server.jetstream !== true;
  return cluster.leader !== server.server_name && (cluster.name === undefined || cluster.name !== server.cluster);
}
