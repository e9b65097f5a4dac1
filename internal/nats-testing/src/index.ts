export type { ClusterLink, ClusterServer, NatsCluster, StartNatsClusterOptions } from "./cluster/nats-cluster.ts";
export { startNatsCluster } from "./cluster/start-nats-cluster.ts";
export {
  type FindAttempt,
  NatsServerNotFoundError,
  type NatsServerStartDetails,
  NatsServerStartError,
  NatsServerUnreachableError,
} from "./errors.ts";
export { type FindNatsServerOptions, findNatsServer } from "./find/find-nats-server.ts";
export type { FoundNatsServer, NatsServerSource } from "./find/search.ts";
export { type StartLeafNodeOptions, startLeafNode } from "./leaf-node/start-leaf-node.ts";
export { freePort } from "./network/free-port.ts";
export { startTcpProxy, type TcpProxy } from "./network/tcp-proxy.ts";
export type { NatsServer, StartNatsServerOptions } from "./server/nats-server.ts";
export { startNatsServer } from "./server/start-nats-server.ts";
export {
  type ProvidedNatsServer,
  type ProvideNatsServerOptions,
  provideNatsServer,
} from "./suite/provide-nats-server.ts";
export { type ClosableConnection, TestServer } from "./suite/test-server.ts";
