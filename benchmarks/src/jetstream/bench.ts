import type { NewEvent } from "@aether/core";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore, type JetStreamStoreOptions } from "@aether/store-jetstream";
import { type JetStreamClient, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";

/** A server and what the rows open on it. */
export class JetStreamBench {
  readonly server: NatsServer;
  /** The baselines' connection, with default options. */
  readonly plain: NatsConnection;
  /** The baselines' connection with `noAsyncTraces`. */
  readonly tuned: NatsConnection;
  /** The store's own connection, with default options. */
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

  /** A raw client on a store's own stream. */
  rawOn(connection: NatsConnection): JetStreamClient {
    return jetstream(connection, { timeout: 60_000 });
  }

  /** A raw client on a stream of its own that is configured as a store's. */
  async raw(connection: NatsConnection, streamName: string): Promise<JetStreamClient> {
    const manager = await jetstreamManager(connection);
    const subjects = [`${streamName}.events.>`];
    await manager.streams.add({ name: streamName, subjects, allow_direct: true, deny_delete: true, deny_purge: true });
    return this.rawOn(connection);
  }

  /** A name that no other run of this process has used: `order-17`. */
  unique(prefix: string): string {
    const count = (this.#names.get(prefix) ?? 0) + 1;
    this.#names.set(prefix, count);
    return `${prefix}-${count}`;
  }
}

const note = "some text of a realistic length here";

export type Sample = NewEvent & { readonly id: string };

/** An event of about 330 bytes as JSON. */
export function sampleEvent(actorId: string, version: number): Sample {
  return {
    id: crypto.randomUUID(),
    eventType: "OrderLineAdded",
    actorId,
    version,
    data: { sku: "SKU-1", quantity: 3, price: 12.5, note },
    metadata: { correlationId: "c-1", causationId: "x-1" },
    timestamp: new Date().toISOString(),
  };
}

export const encoder: TextEncoder = new TextEncoder();

/** What someone without the store would publish. */
export function encoded(event: Sample): Uint8Array {
  return encoder.encode(JSON.stringify(event));
}
