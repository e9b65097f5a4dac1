import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { LoggedEvent } from "../events/file-event.ts";
import type { StoreAddress } from "../store/run-store.ts";
import { type AppendTally, nothingAppended, sumTallies } from "./append.ts";
import type { FromWriter, ToWriter } from "./writer-messages.ts";

export interface WritersOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears what all writers together have done so far. */
  readonly onProgress?: ((tally: AppendTally) => void) | undefined;
  /** What each process runs. @default the writer beside this module */
  readonly module?: URL;
}

/**
 * Appends events from several processes. They all open the store first and then begin at once. One that fails or dies
 * fails the whole; when this settles, no process is left.
 *
 * @returns what was done, and how long it took without the time to start
 */
export async function runWriters(
  address: StoreAddress,
  events: readonly LoggedEvent[],
  count: number,
  { signal, onProgress, module = new URL("./writer.js", import.meta.url) }: WritersOptions = {},
): Promise<{ readonly tally: AppendTally; readonly seconds: number }> {
  signal?.throwIfAborted();
  const children = Array.from({ length: count }, () => fork(module, [], { stdio: ["ignore", 2, 2, "ipc"] }));
  const writers = children.map((child, index) => new Writer(child, `writer ${index + 1} of ${count}`));
  try {
    await Promise.all(writers.map((writer) => writer.ask({ kind: "open", address }, "opened", { signal })));
    const started = performance.now();
    const tallies: AppendTally[] = writers.map(() => nothingAppended);
    const results = await Promise.all(
      writers.map((writer, index) => {
        const onTally = (tally: AppendTally): void => {
          tallies[index] = tally;
          onProgress?.(sumTallies(tallies));
        };
        return writer.ask({ kind: "append", events: share(events, index, count) }, "done", { signal, onTally });
      }),
    );
    const tally = sumTallies(results.map((result) => result.tally));
    return { tally, seconds: (performance.now() - started) / 1_000 };
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()));
  }
}

/** Every `count`th event, whatever its path: so that the writers collide wherever they can. */
function share(events: readonly LoggedEvent[], index: number, count: number): readonly LoggedEvent[] {
  return events.filter((_, at) => at % count === index);
}

interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onTally?: (tally: AppendTally) => void;
}

/** A writer's process, seen from its parent. */
class Writer {
  readonly #child: ChildProcess;
  readonly #name: string;

  constructor(child: ChildProcess, name: string) {
    this.#child = child;
    this.#name = name;
  }

  /** Sends a message and waits for the answer of that kind. */
  ask<Kind extends FromWriter["kind"]>(
    message: ToWriter,
    answer: Kind,
    { signal, onTally }: AskOptions,
  ): Promise<Extract<FromWriter, { kind: Kind }>> {
    const child = this.#child;
    return new Promise<Extract<FromWriter, { kind: Kind }>>((resolve, reject) => {
      const fail = (why: string, cause?: unknown): void => reject(new Error(`${this.#name} ${why}`, { cause }));
      const onMessage = (heard: FromWriter): void => {
        if (heard.kind === answer) resolve(heard as Extract<FromWriter, { kind: Kind }>);
        else if (heard.kind === "failed") fail(`failed: ${heard.reason}`);
        else if (heard.kind === "progress") onTally?.(heard.tally);
      };
      child.on("message", onMessage);
      child.once("error", (error) => fail("could not be run", error));
      // Unlike "exit", it comes after the last message.
      child.once("close", (code, killedBy) => fail(`ended early, ${killedBy ?? `with exit code ${code}`}`));
      signal?.throwIfAborted();
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      child.send(message, (error) => error && fail("cannot be reached", error));
    }).finally(() => child.removeAllListeners("message"));
  }

  /** Ends the process, unless it has ended, and waits for that. */
  async stop(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const closed = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await closed;
  }
}
