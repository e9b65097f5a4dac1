import { TestServer } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type NatsBusStatus, NatsEventBus, type NatsEventBusOptions } from "../../src/index.ts";
import type { TestClient, TestConnection } from "./clients.ts";

/** Time limit for a hook that provides a server. The first hook may have to install the server. */
export const PROVIDE_TIMEOUT_MS: number = TestServer.startTimeoutMs;

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

/** A server and the buses that tests open on it. */
export class BusServer extends TestServer<TestConnection> {
  readonly #buses: NatsEventBus[] = [];

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
    await this.closeConnections();
  }
}

/** Returns a prefix that no other test uses, even on a shared server. */
export function newPrefix(): string {
  return `test.${crypto.randomUUID()}`;
}
