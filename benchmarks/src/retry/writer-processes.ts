import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import type { ContestPlan, Tally } from "./contest.ts";

/** Processes with writers to one stream. Each process has its own connection and store. */
export class WriterProcesses<Plan extends { readonly writers: number } = ContestPlan, Result = Tally> {
  readonly #server: NatsServer;
  readonly #children: readonly ChildProcess[];

  private constructor(server: NatsServer, children: readonly ChildProcess[]) {
    this.#server = server;
    this.#children = children;
  }

  /** Starts processes that run a program, by default the one of the retry contests. */
  static async start<Plan extends { readonly writers: number } = ContestPlan, Result = Tally>(
    count: number,
    program: URL = new URL("./writer-process.js", import.meta.url),
  ): Promise<WriterProcesses<Plan, Result>> {
    const server = await startNatsServer();
    const children = Array.from({ length: count }, () => fork(fileURLToPath(program), [server.url, "contest"]));
    const processes = new WriterProcesses<Plan, Result>(server, children);
    try {
      await Promise.all(children.map((child) => nextMessage(child)));
    } catch (error) {
      await processes.stop();
      throw error;
    }
    return processes;
  }

  /** Divides the writers evenly among the processes, and runs all writers at once. */
  async runContest(plan: Plan): Promise<readonly Result[]> {
    const children = this.#children.slice(0, plan.writers);
    const writers = plan.writers / children.length;
    return Promise.all(
      children.map((child) => {
        const tally = nextMessage<Result>(child);
        child.send({ ...plan, writers });
        return tally;
      }),
    );
  }

  async stop(): Promise<void> {
    for (const child of this.#children) if (child.connected) child.disconnect();
    await Promise.all(this.#children.map((child) => child.exitCode ?? once(child, "exit")));
    await this.#server.stop();
  }
}

/** Waits for the next message from a process. Rejects if the process ends first. */
async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    const died = once(child, "exit", { signal }).then(([code]) => {
      throw new Error(`a writer process ended with code ${code}`);
    });
    died.catch(() => {});
    const [message] = await Promise.race([once(child, "message", { signal }), died]);
    return message as Message;
  } finally {
    stop.abort();
  }
}
