import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A proxy for the connections to a server. Tests use it to stall and cut these connections. */
export interface TcpProxy extends AsyncDisposable {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** `nats://127.0.0.1:<port>` */
  readonly url: string;
  /** Number of open connections. */
  readonly connections: number;
  /** Resets every open connection, and every new connection as soon as it is opened. */
  refuse(): void;
  /** Keeps connections open and accepts new ones, but forwards nothing in either direction. */
  stall(): void;
  /** Forwards half of the next data from each client and then resets that connection. Forwards new connections. */
  cutMidMessage(): void;
  /** Forwards everything again. Stalled connections continue without losing a byte. */
  pass(): void;
  /** Resets every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a proxy on 127.0.0.1 and a free port.
 *
 * @param target - returns the port on 127.0.0.1 to which a new connection is forwarded, or `undefined` to reset the
 * connection
 */
export async function startTcpProxy(target: () => number | undefined): Promise<TcpProxy> {
  const server = createServer({ allowHalfOpen: false });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return new RunningTcpProxy(server, target);
}

class RunningTcpProxy implements TcpProxy {
  readonly port: number;
  readonly url: string;
  readonly #server: Server;
  readonly #open = new Set<ProxiedConnection>();
  #mode: "pass" | "refuse" | "stall" = "pass";

  constructor(server: Server, target: () => number | undefined) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.url = `nats://127.0.0.1:${this.port}`;
    server.on("connection", (client) => {
      const port = this.#mode === "refuse" ? undefined : target();
      if (port === undefined) {
        client.on("error", () => {});
        client.resetAndDestroy();
        return;
      }
      const connection = new ProxiedConnection(client, connect(port, "127.0.0.1"), () => this.#open.delete(connection));
      this.#open.add(connection);
      if (this.#mode === "stall") connection.stall();
    });
  }

  get connections(): number {
    return this.#open.size;
  }

  refuse(): void {
    this.#mode = "refuse";
    this.#resetAll();
  }

  stall(): void {
    this.#mode = "stall";
    for (const connection of this.#open) connection.stall();
  }

  cutMidMessage(): void {
    this.pass();
    for (const connection of this.#open) connection.cutMidMessage();
  }

  pass(): void {
    this.#mode = "pass";
    for (const connection of this.#open) connection.pass();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.refuse();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #resetAll(): void {
    for (const connection of [...this.#open]) connection.reset();
  }
}

/** A connection from a client, and the connection to the server to which it is forwarded. */
class ProxiedConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #onClose: () => void;
  #isStalled = false;
  #isCutPending = false;

  constructor(client: Socket, server: Socket, onClose: () => void) {
    this.#client = client;
    this.#server = server;
    this.#onClose = onClose;
    client.setNoDelay(true);
    server.setNoDelay(true);
    this.#forward(client, server);
    this.#forward(server, client);
  }

  stall(): void {
    this.#isStalled = true;
    this.#client.pause();
    this.#server.pause();
  }

  pass(): void {
    this.#isStalled = false;
    this.#client.resume();
    this.#server.resume();
  }

  cutMidMessage(): void {
    this.#isCutPending = true;
  }

  reset(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
    this.#onClose();
  }

  #forward(from: Socket, to: Socket): void {
    from.on("data", (data: Buffer) => {
      if (this.#isCutPending && from === this.#client && data.length > 1) {
        to.write(data.subarray(0, data.length >> 1), () => this.reset());
        from.pause();
        return;
      }
      if (!to.write(data)) from.pause();
    });
    to.on("drain", () => {
      if (!this.#isStalled) from.resume();
    });
    from.on("error", () => this.reset());
    from.on("close", () => this.reset());
  }
}
