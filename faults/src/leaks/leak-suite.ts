import { fork } from "node:child_process";
import { startNatsServer, startTcpProxy } from "@aether/nats-testing";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { clientNames } from "../workload/plan.ts";
import { type FromSoak, judgeSoak, type LeakPlan, type SoakResult } from "./leak-messages.ts";

const OPERATIONS = 1_000_000;
const CUT_EVERY_MS = 2_500;

/** Saves, reads, aborted reads and subscriptions by the hundred thousand: nothing of them is left, here or on the server. */
export const leakSuite: Suite = { name: "leaks", share: 2, run };

async function run({ budgetMs, seed, signal, log }: SuiteContext): Promise<SuiteResult> {
  const random = new Random(seed);
  const violations: string[] = [];
  const figures: Record<string, Record<string, number> | number> = { operations: 0 };
  for (const client of clientNames) {
    if (signal.aborted) break;
    await using server = await startNatsServer({ config: 'http: "127.0.0.1:-1"', signal });
    await using proxy = await startTcpProxy(() => server.port);
    const monitor = server.log().flatMap((line) => /http monitor on (\S+)/.exec(line)?.[1] ?? [])[0];
    const result = await soakInProcess(
      {
        client,
        url: proxy.url,
        monitorUrl: `http://${monitor}`,
        streamName: "soak",
        seed: random.integer(0, 2 ** 31),
        budgetMs: budgetMs / clientNames.length,
        operations: OPERATIONS / clientNames.length,
      },
      () => proxy.cutMidMessage(),
      signal,
    );
    violations.push(...judgeSoak(client, result));
    const { before, after, surprises: _, closed: __, ...counts } = result;
    log(`${client}: ${counts.operations} operations`);
    figures.operations = (figures.operations as number) + counts.operations;
    figures[`${client}: done`] = counts;
    figures[`${client}: held before`] = { ...before };
    figures[`${client}: held after`] = { ...after };
  }
  return { name: "leaks", violations, figures };
}

/** Rejects if the process ends without a result. */
function soakInProcess(plan: LeakPlan, cut: () => void, signal: AbortSignal): Promise<SoakResult> {
  const module = new URL("./leak-process.js", import.meta.url);
  const child = fork(module, [], { execArgv: ["--expose-gc"], stdio: ["ignore", 2, 2, "ipc"], signal });
  let timer: ReturnType<typeof setInterval> | undefined;
  return new Promise<SoakResult>((resolve, reject) => {
    child.send(plan);
    child.on("message", (message: FromSoak) => {
      if (message.kind === "warm") timer = setInterval(cut, CUT_EVERY_MS);
      else if (message.kind === "over") clearInterval(timer);
      else if (message.kind === "done") resolve(message.result);
    });
    child.once("error", reject);
    child.once("close", (code, killedBy) =>
      reject(new Error(`the soak ended early: ${killedBy ?? `exit code ${code}`}`)),
    );
  }).finally(() => {
    clearInterval(timer);
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  });
}
