import { fork } from "node:child_process";
import { startNatsServer, startTcpProxy } from "@aether/nats-testing";
import { Random } from "../random.ts";
import type { Counts, Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { type ClientName, clientNames } from "../workload/plan.ts";
import { checkSoak, growthOf } from "./check-soak.ts";
import type { FromSoak, LeakPlan, SoakResult } from "./leak-messages.ts";

const OPERATIONS = 1_000_000;
const CUT_EVERY_MS = 2_500;

/** Many operations of all kinds with both clients. They must not leave resources in the process or on the server. */
export const leakSuite: Suite = { name: "leaks", share: 2, minimums: { operations: OPERATIONS }, run };

async function run({ budgetMs, seed, signal, log }: SuiteContext): Promise<SuiteResult> {
  const random = new Random(seed);
  const violations: string[] = [];
  const soaks: [ClientName, SoakResult][] = [];
  for (const client of clientNames) {
    if (signal.aborted) break;
    await using server = await startNatsServer({ config: 'http: "127.0.0.1:-1"', signal });
    await using proxy = await startTcpProxy(() => server.port);
    const monitor = server.log().flatMap((line) => /http monitor on (\S+)/.exec(line)?.[1] ?? [])[0];
    const begin = performance.now();
    const soak = await soakInProcess(
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
    violations.push(...checkSoak(client, soak));
    soaks.push([client, soak]);
    const operations = Object.values(soak.operations).reduce((sum, count) => sum + count, 0);
    log(`${client}: ${operations} operations in ${Math.round((performance.now() - begin) / 1_000)} s`);
    log(`  memory after each round, MB: ${soak.memoryMegabytes.join(", ")}`);
  }
  return { name: "leaks", violations, figures: figuresOf(soaks) };
}

function figuresOf(soaks: readonly (readonly [ClientName, SoakResult])[]): SuiteResult["figures"] {
  const row = (read: (soak: SoakResult) => number): Counts =>
    Object.fromEntries(soaks.map(([client, soak]) => [client, read(soak)]));
  const kinds = Object.keys(soaks[0]?.[1].operations ?? {});
  return {
    operations: Object.fromEntries(kinds.map((kind) => [kind, row(({ operations }) => operations[kind] ?? 0)])),
    "during the test": {
      "actors evicted from the cache": row(({ evictions }) => evictions),
      reconnects: row(({ reconnects }) => reconnects),
    },
    "resources in use": {
      "memory before, MB": row(({ before }) => before.memoryMegabytes),
      "memory after, MB": row(({ after }) => after.memoryMegabytes),
      "memory growth, from a regression line through 12 samples, MB": row(({ memoryMegabytes }) =>
        rounded(growthOf(memoryMegabytes)),
      ),
      "handles before": row(({ before }) => before.handles),
      "handles after": row(({ after }) => after.handles),
      "consumers on the server before": row(({ before }) => before.consumers),
      "consumers on the server after": row(({ after }) => after.consumers),
      "subscriptions on the server before": row(({ before }) => before.subscriptions),
      "subscriptions on the server after": row(({ after }) => after.subscriptions),
    },
  };
}

/** Rounds to one decimal. The sum turns -0 into 0. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10 + 0;
}

/** Runs one soak process. Rejects if the process ends without a result. */
function soakInProcess(plan: LeakPlan, cut: () => void, signal: AbortSignal): Promise<SoakResult> {
  const module = new URL("./leak-process.js", import.meta.url);
  const child = fork(module, [], { execArgv: ["--expose-gc"], stdio: ["ignore", 2, 2, "ipc"], signal });
  let timer: ReturnType<typeof setInterval> | undefined;
  return new Promise<SoakResult>((resolve, reject) => {
    child.send(plan);
    child.on("message", (message: FromSoak) => {
      if (message.kind === "busy") timer = setInterval(cut, CUT_EVERY_MS);
      else if (message.kind === "quiet") clearInterval(timer);
      else if (message.kind === "done") resolve(message.result);
    });
    child.once("error", reject);
    child.once("close", (code, killedBy) =>
      reject(new Error(`the soak process ended early: ${killedBy ?? `exit code ${code}`}`)),
    );
  }).finally(() => {
    clearInterval(timer);
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  });
}
