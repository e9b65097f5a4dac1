export type { ClusterLink, ClusterServer, NatsCluster, StartNatsClusterOptions } from "./cluster/nats-cluster.ts";
export { startNatsCluster } from "./cluster/start-nats-cluster.ts";
export { type FindNatsServerOptions, findNatsServer } from "./find/find-nats-server.ts";
export { type FindAttempt, NatsServerNotFoundError } from "./find/nats-server-not-found-error.ts";
export type { FoundNatsServer, NatsServerSource } from "./find/search.ts";
export { startTcpProxy, type TcpProxy } from "./network/tcp-proxy.ts";
export { NatsServerUnreachableError } from "./provide/nats-server-unreachable-error.ts";
export {
  type ProvidedNatsServer,
  type ProvideNatsServerOptions,
  provideNatsServer,
} from "./provide/provide-nats-server.ts";
export type { NatsServer, StartNatsServerOptions } from "./server/nats-server.ts";
export { type NatsServerStartDetails, NatsServerStartError } from "./server/nats-server-start-error.ts";
export { startNatsServer } from "./server/start-nats-server.ts";
