import { NatsEventBus } from "@aether/eventbus-nats";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { type ClientConnection, connectors } from "../workload/connect.ts";
import type { ClientName } from "../workload/plan.ts";
import { busProperties, hostileMessageProperty } from "./bus-properties.ts";
import { eventSubject } from "./event-subject.ts";
import { openProperties } from "./open-properties.ts";
import { labelled, type Property } from "./property.ts";
import { recordProperty } from "./record-property.ts";
import { rawHeaders, request, storeRecord } from "./request.ts";
import { storeProperties } from "./store-properties.ts";

/** Stores and buses that use one server through one client, their properties, and checks of the connections. */
export class Target {
  readonly properties: readonly Property[];
  /** Events on the connections that must not occur, such as a disconnect. */
  readonly violations: string[] = [];
  readonly #connections: readonly ClientConnection[];
  readonly #ownedNames: ReadonlySet<string>;
  #isClosed = false;

  private constructor(
    connections: readonly ClientConnection[],
    ownedNames: Set<string>,
    properties: readonly Property[],
  ) {
    this.#connections = connections;
    this.#ownedNames = ownedNames;
    this.properties = properties;
    for (const connection of connections) void this.#watchConnection(connection);
  }

  /** Opens stores and buses. With `isMonitored`, also subscribes to all subjects and checks every published subject. */
  static async open(
    client: ClientName,
    servers: string,
    { isMonitored }: { readonly isMonitored: boolean },
  ): Promise<Target> {
    const connect = connectors[client];
    const connections = [await connect({ servers }), await connect({ servers }), await connect({ servers })] as const;
    const [first, second, monitor] = connections;
    const name = `hostile-${client}`;
    const prefix = `bus-${client}`;
    const options = { streamName: name, streamRetention: "forever" } as const;
    const store = await JetStreamEventStore.open(first, options);
    const uncachedStore = await JetStreamEventStore.open(second, { ...options, cacheSize: 0 });
    const silent = { prefix, onStatus: () => {} };
    const [publisher, subscriber] = [new NatsEventBus(first, silent), new NatsEventBus(second, silent)];
    const ownedNames = new Set([name, `${name}~~snapshots`, prefix]);
    const bus = { publisher, subscriber, eventBytes: 900_000, runs: 50 };
    const target = new Target(connections, ownedNames, [
      ...labelled("store", client, [
        ...storeProperties(store, { idLength: 100, eventBytes: 900_000 }),
        recordProperty(store, uncachedStore, (actorId, payload, headerBlock) =>
          storeRecord(first, eventSubject(name, actorId), payload, headerBlock),
        ),
        ...openProperties(
          first,
          async (streamName) => void (await request(first, `$JS.API.STREAM.DELETE.${streamName}`)),
          (streamName) => ownedNames.add(streamName),
        ),
      ]),
      ...labelled("bus", client, [
        ...busProperties(bus),
        hostileMessageProperty(bus, (namespace, payload, headerBlock) =>
          first.publish(`${prefix}.${namespace}`, payload, rawHeaders(headerBlock)),
        ),
      ]),
    ]);
    if (isMonitored) target.#watchSubjects(monitor);
    return target;
  }

  /** Closes the connections. May be called several times. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.violations.push(...this.#connections.filter((each) => each.isClosed()).map(() => "a connection was closed"));
    for (const connection of this.#connections) await connection.close();
  }

  /** Reports a violation if the server reports an error or closes the connection. */
  async #watchConnection(connection: ClientConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === "disconnect" || type === "error") this.violations.push(`a connection reported: ${type}`);
    }
  }

  /** Checks that stores and buses publish only to encoded subjects of their own streams and prefixes. */
  #watchSubjects(connection: ClientConnection): void {
    connection.subscribe(">", {
      callback: (error, { subject }) => {
        if (error !== null) return;
        const [first = "", ...others] = subject.split(".");
        if (first === "_INBOX" || first === "$JS") return;
        const isOwned = this.#ownedNames.has(first) || others[0] === "events";
        const isEncoded = others.every((token) => /^[A-Za-z0-9_=~-]+$/.test(token));
        if (!isOwned || !isEncoded) this.violations.push(`unexpected subject: ${JSON.stringify(subject)}`);
      },
    });
  }
}
