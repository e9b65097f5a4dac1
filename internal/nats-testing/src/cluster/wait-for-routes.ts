import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { NatsServer } from "../server/nats-server.ts";

const SUBJECT = "aether-nats-testing";
const OPTIONS = JSON.stringify({ verbose: false, pedantic: false, lang: "none", version: "1" });

/**
 * Resolves to true once a message that is published on any server arrives at all servers, and to false after the
 * timeout. A leader alone is not enough: until the servers forward messages, requests can fail because no responder is
 * known.
 */
export async function waitForRoutes(
  servers: readonly NatsServer[],
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  const clients: Client[] = [];
  try {
    for (const { port } of servers) clients.push(await Client.connect(port));
    for (;;) {
      const open = clients.filter(({ isClosed }) => !isClosed);
      if (open.every(({ received }) => received.size >= open.length)) return true;
      if (performance.now() > deadline) return false;
      signal?.throwIfAborted();
      for (const [index, client] of clients.entries()) client.publish(index);
      await delay(20);
    }
  } finally {
    for (const client of clients) client.close();
  }
}

/** Minimal NATS client that publishes its own number and collects the numbers that it receives. */
class Client {
  readonly received = new Set<string>();
  /** True once the server has closed the connection, because it requires credentials that this client does not have. */
  isClosed = false;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
    });
    let rest = "";
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const from = line.startsWith(`MSG ${SUBJECT}.`) ? line.slice(SUBJECT.length + 5).split(" ")[0] : undefined;
        if (from !== undefined) this.received.add(from);
      }
    });
    socket.write(`CONNECT ${OPTIONS}\r\nSUB ${SUBJECT}.* 1\r\n`);
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new Client(socket);
  }

  publish(index: number): void {
    if (!this.isClosed) this.#socket.write(`PUB ${SUBJECT}.${index} 0\r\n\r\n`);
  }

  close(): void {
    this.#socket.destroy();
  }
}
