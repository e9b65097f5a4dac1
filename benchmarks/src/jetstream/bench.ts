import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore, type JetStreamStoreOptions } from "@aether/store-jetstream";
import { type JetStreamClient, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";

/** A server with one connection for the store and two for the baselines. */
export class JetStreamBench {
  readonly server: NatsServer;
  /** Connection for the baselines, with default options. */
  readonly plain: NatsConnection;
  /** Connection for the baselines, with `noAsyncTraces`. */
  readonly tuned: NatsConnection;
  /** Connection for the store, with default options. */
  readonly own: NatsConnection;
  readonly #names = new Map<string, number>();

  private constructor(
    server: NatsServer,
    [plain, tuned, own]: readonly [NatsConnection, NatsConnection, NatsConnection],
  ) {
    this.server = server;
    this.plain = plain;
    this.tuned = tuned;
    this.own = own;
  }

  static async start(): Promise<JetStreamBench> {
    const server = await startNatsServer();
    const servers = server.url;
    return new JetStreamBench(server, [
      await connect({ servers }),
      await connect({ servers, noAsyncTraces: true }),
      await connect({ servers }),
    ]);
  }

  async stop(): Promise<void> {
    for (const connection of [this.plain, this.tuned, this.own]) await connection.close();
    await this.server.stop();
  }

  open(streamName: string, options: Partial<JetStreamStoreOptions> = {}): Promise<JetStreamEventStore> {
    return JetStreamEventStore.open(this.own, { streamName, streamRetention: "forever", ...options });
  }

  /** Returns a raw client for reading the stream of a store. */
  rawOn(connection: NatsConnection): JetStreamClient {
    return jetstream(connection, { timeout: 60_000 });
  }

  /** Creates a stream with the same configuration as a store's, and returns a raw client for it. */
  async raw(connection: NatsConnection, streamName: string): Promise<JetStreamClient> {
    const manager = await jetstreamManager(connection);
    const subjects = [`${streamName}.events.*.*.*`];
    await manager.streams.add({ name: streamName, subjects, allow_direct: true, deny_delete: true, deny_purge: true });
    return this.rawOn(connection);
  }

  /** Returns a name that is new in this process, such as `order-17`. */
  unique(prefix: string): string {
    const count = (this.#names.get(prefix) ?? 0) + 1;
    this.#names.set(prefix, count);
    return `${prefix}-${count}`;
  }
}
