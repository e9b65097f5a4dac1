// One worker in a separate process, forked by `Workers`.
import { setTimeout as delay } from "node:timers/promises";
import { FeedLog } from "./feed-log.ts";
import { follow } from "./follow.ts";
import type { FollowEnd } from "./follow-once.ts";
import { newTally } from "./plan.ts";
import { FileRecorder } from "./recorder.ts";
import { work } from "./work.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

const stop = new AbortController();
const end: FollowEnd = { lastSequence: undefined };
const tally = newTally();
const listener = {
  opened: (): void => send({ kind: "open" }),
  failed: (description: string): void => send({ kind: "unexpected", description }),
};
// Exit when the parent process is gone.
process.once("disconnect", () => process.exit(1));
process.on("message", (message: ToWorker) => {
  if (message.kind === "start") void start(message);
  else {
    end.lastSequence = message.lastSequence;
    stop.abort();
  }
});

async function start({ plan, historyFile }: Extract<ToWorker, { kind: "start" }>): Promise<void> {
  const timer = setInterval(() => send({ kind: "tally", tally }), 200);
  if (plan.role === "follower") {
    await follow(plan, tally, new FeedLog(historyFile), listener, end);
  } else {
    const recorder = new FileRecorder(historyFile);
    await work(plan, tally, recorder, listener, stop.signal);
    await recorder.close();
  }
  clearInterval(timer);
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
