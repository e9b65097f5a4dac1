// A worker in a process of its own, forked by Workers.
import { setTimeout as delay } from "node:timers/promises";
import { newTally } from "./plan.ts";
import { FileRecorder } from "./recorder.ts";
import { work } from "./work.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

const stop = new AbortController();
const tally = newTally();
// Without its parent a worker has nobody to work for.
process.once("disconnect", () => process.exit(1));
process.on("message", (message: ToWorker) => {
  if (message.kind === "stop") stop.abort();
  else void begin(message);
});

async function begin({ plan, historyFile }: Extract<ToWorker, { kind: "begin" }>): Promise<void> {
  const recorder = new FileRecorder(historyFile);
  const timer = setInterval(() => tell({ kind: "tally", tally }), 200);
  const listener = {
    opened: (): void => tell({ kind: "open" }),
    surprised: (what: string): void => tell({ kind: "surprise", what }),
  };
  await work(plan, tally, recorder, listener, stop.signal);
  clearInterval(timer);
  await recorder.close();
  const connectionsLeft = await connectionsAfter(2_000);
  // Not when nothing is left open: a connection that the client has lost sight of would never end.
  process.send?.({ kind: "done", tally, connectionsLeft } satisfies FromWorker, () => process.exit(0));
}

/** How many are open when those that are closing had so much time for it. */
async function connectionsAfter(mostMs: number): Promise<number> {
  const deadline = performance.now() + mostMs;
  for (;;) {
    const open = process.getActiveResourcesInfo().filter((resource) => resource.startsWith("TCP")).length;
    if (open === 0 || performance.now() > deadline) return open;
    await delay(20);
  }
}

function tell(message: FromWorker): void {
  process.send?.(message);
}
