import type { NatsEventBus } from "@aether/eventbus-nats";
import type { NatsConnection } from "@aether/store-jetstream";
import { type ConnectionOptions, connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";

/** A connection of either client, as far as the tests use it. */
export type TestConnection = NatsConnection &
  ConstructorParameters<typeof NatsEventBus>[0] & { close(): Promise<void>; flush(): Promise<void> };

/** Both official clients; their options are the same as far as the tests use them. */
export const clients: readonly {
  readonly client: string;
  readonly connect: (options: ConnectionOptions) => Promise<TestConnection>;
}[] = [
  { client: "nats", connect: (options) => connectNats(options as Parameters<typeof connectNats>[0] & object) },
  { client: "@nats-io", connect: (options) => connectNatsIo(options) },
];
