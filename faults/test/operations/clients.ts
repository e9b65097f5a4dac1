import { type ConnectionOptions, connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import type { ClientConnection } from "../../src/workload/connect.ts";

/** The `connect` functions of both official clients. The tests use only options that both have. */
export const clients: readonly {
  readonly client: string;
  readonly connect: (options: ConnectionOptions) => Promise<ClientConnection>;
}[] = [
  { client: "nats", connect: (options) => connectNats(options as Parameters<typeof connectNats>[0] & object) },
  { client: "@nats-io", connect: (options) => connectNatsIo(options) },
];
