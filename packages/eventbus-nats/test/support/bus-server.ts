import { type ProvidedNatsServer, provideNatsServer } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type NatsBusStatus, NatsEventBus, type NatsEventBusOptions } from "../../src/index.ts";
import type { TestClient, TestConnection } from "./clients.ts";

/** Time to find or install a server, in milliseconds. */
export const PROVIDE_TIMEOUT_MS = 300_000;

/** A bus, its connection, and the statuses that it reported. */
export interface OpenBus {
  readonly bus: NatsEventBus;
  readonly connection: TestConnection;
  readonly statuses: NatsBusStatus[];
}

/** Provides one server for the tests of a file. Connections and buses are closed after each test. */
export function onOneServer(): BusServer {
  const server = new BusServer();
  beforeAll(() => server.start(), PROVIDE_TIMEOUT_MS);
  afterEach(() => server.closeAll());
  afterAll(() => server.stop());
  return server;
}

export class BusServer {
  readonly #connections: TestConnection[] = [];
  readonly #buses: NatsEventBus[] = [];
  #server: ProvidedNatsServer | undefined;

  get url(): string {
    if (this.#server === undefined) throw new Error("the server was not started");
    return this.#server.url;
  }

  async start(): Promise<void> {
    this.#server = await provideNatsServer();
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  async connect({ connect }: TestClient): Promise<TestConnection> {
    const connection = await connect({ servers: this.url });
    this.#connections.push(connection);
    return connection;
  }

  /** Opens a bus on the given connection, or on a new one. */
  async open(client: TestClient, options: NatsEventBusOptions, connection?: TestConnection): Promise<OpenBus> {
    const statuses: NatsBusStatus[] = [];
    const used = connection ?? (await this.connect(client));
    const bus = new NatsEventBus(used, { onStatus: (status) => statuses.push(status), ...options });
    this.#buses.push(bus);
    return { bus, connection: used, statuses };
  }

  async closeAll(): Promise<void> {
    for (const bus of this.#buses.splice(0)) await bus.close();
    for (const connection of this.#connections.splice(0)) await connection.close();
  }
}

/** Returns a prefix that no other test uses, even on a shared server. */
export function newPrefix(): string {
  return `test.${crypto.randomUUID()}`;
}
