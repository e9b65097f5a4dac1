import { NatsEventBus } from "@aether/eventbus-nats";
import { JetStreamEventStore, type NatsConnection } from "@aether/store-jetstream";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import { busProperties, strayMessageProperty } from "./bus-inputs.ts";
import { openProperties } from "./open-inputs.ts";
import { of, type Property } from "./property.ts";
import { publishRaw } from "./raw-records.ts";
import { recordProperty } from "./record-reads.ts";
import { storeProperties } from "./store-inputs.ts";

/** A connection of either client. */
type Connection = NatsConnection & ConstructorParameters<typeof NatsEventBus>[0] & { close(): Promise<void> };

/** Both official clients. */
export const clients: Readonly<Record<string, (options: { readonly servers: string }) => Promise<Connection>>> = {
  nats: connectNats,
  "@nats-io": connectNatsIo,
};

const encoder = new TextEncoder();

/** Stores and buses on one server, through one client, all that can be tried on them, and who watches. */
export class Target {
  readonly properties: readonly Property[];
  /** What must not have happened. */
  readonly violations: string[] = [];
  readonly #connections: readonly Connection[];
  readonly #owned: ReadonlySet<string>;
  #isClosed = false;

  private constructor(connections: readonly Connection[], owned: Set<string>, properties: readonly Property[]) {
    this.#connections = connections;
    this.#owned = owned;
    this.properties = properties;
    for (const connection of connections) void this.#watchConnection(connection);
  }

  /** @param watch - with `isWatched`, everything that is published is looked at */
  static async open(client: string, servers: string, { isWatched }: { readonly isWatched: boolean }): Promise<Target> {
    const connect = clients[client];
    if (connect === undefined) throw new RangeError(`there is no client ${client}`);
    const connections = [await connect({ servers }), await connect({ servers }), await connect({ servers })] as const;
    const [first, second, spy] = connections;
    const name = `hostile-${client.replace(/\W/g, "")}`;
    const prefix = `bus-${client.replace(/\W/g, "")}`;
    const options = { streamName: name, streamRetention: "forever" } as const;
    const store = await JetStreamEventStore.open(first, options);
    const stranger = await JetStreamEventStore.open(second, { ...options, cacheSize: 0 });
    const silent = { prefix, onStatus: () => {} };
    const [publisher, listener] = [new NatsEventBus(first, silent), new NatsEventBus(second, silent)];
    const owned = new Set([name, `${name}~~snapshots`, prefix]);
    const bus = { publisher, listener, eventBytes: 900_000, runs: 50 };
    const target = new Target(connections, owned, [
      ...of("store", `through ${client}`, [
        ...storeProperties(store, { idLength: 100, eventBytes: 900_000 }),
        recordProperty(store, stranger, (actorId, payload, headers) =>
          publishRaw(first, `${name}.events.hostile.${actorId}`, payload, headers),
        ),
        ...openProperties(
          first,
          (streamName) => deleteStream(first, streamName),
          (streamName) => owned.add(streamName),
        ),
      ]),
      ...of("bus", `through ${client}`, [
        ...busProperties(bus),
        strayMessageProperty(bus, (namespace, payload, headers) =>
          first.publish(`${prefix}.${namespace}`, payload, {
            ...(headers === undefined ? {} : { headers: { encode: () => encoder.encode(headers) } }),
          }),
        ),
      ]),
    ]);
    if (isWatched) target.#watchSubjects(spy);
    return target;
  }

  /** Calling it again is allowed. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.violations.push(...this.#connections.filter((each) => each.isClosed()).map(() => "a connection was closed"));
    for (const connection of this.#connections) await connection.close();
  }

  /** The server must never have a reason to cut a connection. */
  async #watchConnection(connection: Connection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === "disconnect" || type === "error") this.violations.push(`a connection told: ${type}`);
    }
  }

  /** Sees all that is published, and nothing may stand outside of what stores and buses own. */
  #watchSubjects(connection: Connection): void {
    connection.subscribe(">", {
      callback: (error, { subject }) => {
        if (error !== null) return;
        const [first = "", ...others] = subject.split(".");
        if (first === "_INBOX" || first === "$JS") return;
        const isOwned = this.#owned.has(first) || others[0] === "events";
        const isEncoded = others.every((token) => /^[A-Za-z0-9_=~-]+$/.test(token));
        if (!isOwned || !isEncoded) this.violations.push(`something was published to ${JSON.stringify(subject)}`);
      },
    });
  }
}

async function deleteStream(connection: Connection, streamName: string): Promise<void> {
  const reply = `_INBOX.delete.${crypto.randomUUID()}`;
  await new Promise<void>((resolve) => {
    const subscription = connection.subscribe(reply, {
      callback: () => {
        subscription.unsubscribe();
        resolve();
      },
    });
    connection.publish(`$JS.API.STREAM.DELETE.${streamName}`, new Uint8Array(), { reply });
  });
}
