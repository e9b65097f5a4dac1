import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import type { Contenders, Tally } from "./contest.ts";

/** Processes that write to one stream, each with a connection and a store of its own. */
export class WriterProcesses {
  readonly #server: NatsServer;
  readonly #children: readonly ChildProcess[];

  private constructor(server: NatsServer, children: readonly ChildProcess[]) {
    this.#server = server;
    this.#children = children;
  }

  static async start(count: number): Promise<WriterProcesses> {
    const server = await startNatsServer();
    const program = fileURLToPath(new URL("./writer-process.js", import.meta.url));
    const children = Array.from({ length: count }, () => fork(program, [server.url, "contest"]));
    const processes = new WriterProcesses(server, children);
    try {
      await Promise.all(children.map((child) => answerOf(child)));
    } catch (error) {
      await processes.stop();
      throw error;
    }
    return processes;
  }

  /** Spreads the writers over as many processes as there are writers for, and lets all of them write at once. */
  async contend(contenders: Contenders): Promise<readonly Tally[]> {
    const children = this.#children.slice(0, contenders.writers);
    const writers = contenders.writers / children.length;
    return Promise.all(
      children.map((child) => {
        const answer = answerOf<Tally>(child);
        child.send({ ...contenders, writers });
        return answer;
      }),
    );
  }

  async stop(): Promise<void> {
    for (const child of this.#children) if (child.connected) child.disconnect();
    await Promise.all(this.#children.map((child) => child.exitCode ?? once(child, "exit")));
    await this.#server.stop();
  }
}

async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    const died = once(child, "exit", { signal }).then(([code]) => {
      throw new Error(`a writer's process ended with code ${code}`);
    });
    died.catch(() => {});
    const [answer] = await Promise.race([once(child, "message", { signal }), died]);
    return answer as Answer;
  } finally {
    stop.abort();
  }
}
