// One worker in a separate process, forked by `Workers`.
import { setTimeout as delay } from "node:timers/promises";
import { newTally } from "./plan.ts";
import { FileRecorder } from "./recorder.ts";
import { work } from "./work.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

const stop = new AbortController();
const tally = newTally();
// Exit when the parent process is gone.
process.once("disconnect", () => process.exit(1));
process.on("message", (message: ToWorker) => {
  if (message.kind === "stop") stop.abort();
  else void start(message);
});

async function start({ plan, historyFile }: Extract<ToWorker, { kind: "start" }>): Promise<void> {
  const recorder = new FileRecorder(historyFile);
  const timer = setInterval(() => send({ kind: "tally", tally }), 200);
  const listener = {
    opened: (): void => send({ kind: "open" }),
    failed: (description: string): void => send({ kind: "unexpected", description }),
  };
  await work(plan, tally, recorder, listener, stop.signal);
  clearInterval(timer);
  await recorder.close();
  const connectionsLeft = await connectionsAfter(2_000);
  // Exit explicitly: a connection that the client leaked would keep the process alive forever.
  process.send?.({ kind: "done", tally, connectionsLeft } satisfies FromWorker, () => process.exit(0));
}

/** Waits until all TCP connections are closed. Returns the number of connections that are open after the timeout. */
async function connectionsAfter(timeoutMs: number): Promise<number> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const open = process.getActiveResourcesInfo().filter((resource) => resource.startsWith("TCP")).length;
    if (open === 0 || performance.now() > deadline) return open;
    await delay(20);
  }
}

function send(message: FromWorker): void {
  process.send?.(message);
}
