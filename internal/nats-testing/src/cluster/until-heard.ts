import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { NatsServer } from "../server/nats-server.ts";

const SUBJECT = "aether-nats-testing";
const OPTIONS = JSON.stringify({ verbose: false, pedantic: false, lang: "none", version: "1" });

/**
 * Resolves when what is published on any of the servers arrives on all of them; false if that takes too long. Servers have a
 * leader before that, and whoever uses them meanwhile may be told that nobody answers.
 */
export async function untilHeard(
  servers: readonly NatsServer[],
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  const clients: Client[] = [];
  try {
    for (const { port } of servers) clients.push(await Client.connect(port));
    for (;;) {
      if (clients.every((client) => client.isRefused || client.heard.size >= servers.length)) return true;
      if (performance.now() > deadline) return false;
      signal?.throwIfAborted();
      for (const [index, client] of clients.entries()) client.publish(index);
      await delay(20);
    }
  } finally {
    for (const client of clients) client.close();
  }
}

/** As much of a client as this takes. */
class Client {
  /** Which of the clients it has heard. */
  readonly heard = new Set<string>();
  /** It has no credentials: where the server wants some, it hears nobody, and is not waited for. */
  isRefused = false;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isRefused = true;
    });
    let rest = "";
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const from = line.startsWith(`MSG ${SUBJECT}.`) ? line.slice(SUBJECT.length + 5).split(" ")[0] : undefined;
        if (from !== undefined) this.heard.add(from);
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
    if (!this.isRefused) this.#socket.write(`PUB ${SUBJECT}.${index} 0\r\n\r\n`);
  }

  close(): void {
    this.#socket.destroy();
  }
}
