import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A way through which connections pass to a server, and which can be cut. */
export interface TcpProxy extends AsyncDisposable {
  /** Listens on 127.0.0.1. */
  readonly port: number;
  /** `nats://127.0.0.1:<port>` */
  readonly url: string;
  /** How many connections pass now. */
  readonly connections: number;
  /** Resets every connection, and every new one at once. */
  refuse(): void;
  /** Keeps connections and takes new ones, but nothing passes any more, in either direction. */
  stall(): void;
  /** Each connection passes half of what next comes from its client, and is reset. New ones pass. */
  cutMidMessage(): void;
  /** Everything passes again. What was stalled goes on, to the byte. */
  pass(): void;
  /** Resets every connection and listens no more. */
  close(): Promise<void>;
}

/**
 * Starts a proxy on 127.0.0.1 and a free port.
 *
 * @param target - the port on 127.0.0.1 to connect to, asked for each connection; `undefined` refuses it
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
  readonly #passages = new Set<Passage>();
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
      const passage = new Passage(client, connect(port, "127.0.0.1"), () => this.#passages.delete(passage));
      this.#passages.add(passage);
      if (this.#mode === "stall") passage.stall();
    });
  }

  get connections(): number {
    return this.#passages.size;
  }

  refuse(): void {
    this.#mode = "refuse";
    this.#resetAll();
  }

  stall(): void {
    this.#mode = "stall";
    for (const passage of this.#passages) passage.stall();
  }

  cutMidMessage(): void {
    this.pass();
    for (const passage of this.#passages) passage.cutMidMessage();
  }

  pass(): void {
    this.#mode = "pass";
    for (const passage of this.#passages) passage.pass();
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
    for (const passage of [...this.#passages]) passage.reset();
  }
}

/** One connection on its way through. */
class Passage {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #ended: () => void;
  #isStalled = false;
  #isToBeCut = false;

  constructor(client: Socket, server: Socket, ended: () => void) {
    this.#client = client;
    this.#server = server;
    this.#ended = ended;
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
    this.#isToBeCut = true;
  }

  reset(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
    this.#ended();
  }

  #forward(from: Socket, to: Socket): void {
    from.on("data", (data: Buffer) => {
      if (this.#isToBeCut && from === this.#client && data.length > 1) {
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
