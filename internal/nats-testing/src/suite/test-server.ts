import { type ProvidedNatsServer, provideNatsServer } from "./provide-nats-server.ts";

/** The part of a NATS connection that a `TestServer` needs. */
export interface ClosableConnection {
  close(): Promise<void>;
}

/** The server of a test file, and the connections that its tests open. */
export class TestServer<Connection extends ClosableConnection> {
  /** Time limit for `start()`, in milliseconds. It is long enough to install a server, which happens once. */
  static readonly startTimeoutMs: number = 300_000;
  readonly #connections: Connection[] = [];
  #server: ProvidedNatsServer | undefined;

  get url(): string {
    if (this.#server === undefined) throw new Error("the server is not started");
    return this.#server.url;
  }

  async start(): Promise<void> {
    this.#server = await provideNatsServer();
  }

  /** Opens a connection with the `connect` function of a NATS client. `closeConnections()` closes the connection. */
  async connect(client: {
    readonly connect: (options: { readonly servers: string }) => Promise<Connection>;
  }): Promise<Connection> {
    const connection = await client.connect({ servers: this.url });
    this.#connections.push(connection);
    return connection;
  }

  async closeConnections(): Promise<void> {
    for (const connection of this.#connections.splice(0)) await connection.close();
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }
}
