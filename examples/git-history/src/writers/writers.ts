import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { abortable } from "@aether/core";
import type { LoggedEvent } from "../events/file-event.ts";
import type { StoreAddress } from "../store/run-store.ts";
import { type AppendTally, emptyTally, sumTallies } from "./append.ts";
import type { FromWriter, ToWriter } from "./writer-messages.ts";

export interface WritersOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the sum of all writers' counts so far. */
  readonly onProgress?: ((tally: AppendTally) => void) | undefined;
  /** The module that each process runs. @default `writer.js` in the folder of this module */
  readonly module?: URL;
}

/**
 * Appends events from several processes. Each process opens the store. Then all of them begin to append at the same
 * time. If a process fails or dies, the promise rejects. When the promise settles, all processes have ended.
 *
 * @returns the sum of all writers' counts, and the duration of the appends in seconds
 */
export async function runWriters(
  address: StoreAddress,
  events: readonly LoggedEvent[],
  count: number,
  { signal, onProgress, module = new URL("./writer.js", import.meta.url) }: WritersOptions = {},
): Promise<{ readonly tally: AppendTally; readonly seconds: number }> {
  signal?.throwIfAborted();
  const children = Array.from({ length: count }, () => fork(module, [], { stdio: ["ignore", 2, 2, "ipc"] }));
  const writers = children.map((child, index) => new WriterProcess(child, `writer ${index + 1} of ${count}`));
  try {
    await Promise.all(writers.map((writer) => writer.request({ kind: "open", address }, "opened", { signal })));
    const started = performance.now();
    const tallies: AppendTally[] = writers.map(() => emptyTally);
    const results = await Promise.all(
      writers.map((writer, index) => {
        const onTally = (tally: AppendTally): void => {
          tallies[index] = tally;
          onProgress?.(sumTallies(tallies));
        };
        return writer.request({ kind: "append", events: share(events, index, count) }, "done", { signal, onTally });
      }),
    );
    const tally = sumTallies(results.map((result) => result.tally));
    return { tally, seconds: (performance.now() - started) / 1_000 };
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()));
  }
}

/** Returns every `count`th event. Writers share the events of each path, and so conflict as often as possible. */
function share(events: readonly LoggedEvent[], index: number, count: number): readonly LoggedEvent[] {
  return events.filter((_, at) => at % count === index);
}

interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onTally?: (tally: AppendTally) => void;
}

/** Lets the parent process communicate with the process of one writer. */
class WriterProcess {
  readonly #child: ChildProcess;
  readonly #name: string;

  constructor(child: ChildProcess, name: string) {
    this.#child = child;
    this.#name = name;
  }

  /** Sends a message and waits for a reply of the given kind. */
  request<Kind extends FromWriter["kind"]>(
    message: ToWriter,
    reply: Kind,
    { signal, onTally }: RequestOptions,
  ): Promise<Extract<FromWriter, { kind: Kind }>> {
    const child = this.#child;
    const replied = new Promise<Extract<FromWriter, { kind: Kind }>>((resolve, reject) => {
      const fail = (reason: string, cause?: unknown): void => reject(new Error(`${this.#name} ${reason}`, { cause }));
      const onMessage = (received: FromWriter): void => {
        if (received.kind === reply) resolve(received as Extract<FromWriter, { kind: Kind }>);
        else if (received.kind === "failed") fail(`failed: ${received.reason}`);
        else if (received.kind === "progress") onTally?.(received.tally);
      };
      child.on("message", onMessage);
      child.once("error", (error) => fail("could not be started", error));
      // Unlike "exit", "close" is emitted after the last message.
      child.once("close", (code, signalName) => fail(`ended early with ${signalName ?? `exit code ${code}`}`));
      signal?.throwIfAborted();
      child.send(message, (error) => error && fail("cannot be reached", error));
    });
    return abortable(replied, signal).finally(() => child.removeAllListeners("message"));
  }

  /** Kills the process if it is running, and waits until it has ended. */
  async stop(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const closed = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await closed;
  }
}
