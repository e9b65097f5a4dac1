import type { ChildProcess } from "node:child_process";
import { NatsServerStartError } from "../errors.ts";
import { spawnGuarded } from "./guard.ts";
import type { LogTail } from "./log-tail.ts";

/** Arguments of {@link launch}. */
export interface LaunchPlan {
  readonly binary: string;
  readonly args: readonly string[];
  /** Folder that the guard removes if this process dies before the server. */
  readonly runDir: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** One run of the server, from the moment when it is ready. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly version: string;
  /** Port for the other servers of a cluster. The server logs it shortly after it is ready. */
  readonly routePort: number | undefined;
  /** Port for leaf nodes. */
  readonly leafPort: number | undefined;
  readonly running: boolean;
  /** Sends a signal. Returns false if the process has ended. */
  send(signal: NodeJS.Signals): boolean;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
}

/** Starts the server and resolves once its log reports that it is ready. */
export function launch(plan: LaunchPlan, log: LogTail): Promise<ServerProcess> {
  const { binary, signal } = plan;
  return new Promise<ServerProcess>((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawnGuarded(binary, plan.args, plan.runDir);
    const ended = new Promise<void>((resolveEnded) =>
      child.once("close", () => resolveEnded()).once("error", () => resolveEnded()),
    );
    const failed = (reason: string, details: { exitCode?: number | null; cause?: unknown } = {}): void =>
      settle(() => reject(new NatsServerStartError({ binary, reason, log: log.lines(), ...details })));
    // The promise rejects only after the process has ended, so that a failed start leaves no process running.
    const giveUp = (report: () => void): void => {
      givenUp = true;
      child.kill("SIGKILL");
      ended.then(report);
    };
    const onAbort = (): void => giveUp(() => settle(() => reject(signal?.reason)));
    const timer = setTimeout(() => giveUp(() => failed(`was not ready within ${plan.timeoutMs} ms`)), plan.timeoutMs);
    let givenUp = false;
    let settled = false;
    const settle = (how: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      how();
    };
    signal?.addEventListener("abort", onAbort, { once: true });

    let version = "unknown";
    let port: number | undefined;
    let routePort: number | undefined;
    let leafPort: number | undefined;
    const read = (line: string): void => {
      routePort ??= Number(/Listening for route connections on .*:(\d+)$/.exec(line)?.[1]) || undefined;
      leafPort ??= Number(/Listening for leafnode connections on .*:(\d+)$/.exec(line)?.[1]) || undefined;
      if (settled || givenUp) return;
      version = /\[INF\] +Version: +(\S+)/.exec(line)?.[1] ?? version;
      port = Number(/Listening for client connections on .*:(\d+)$/.exec(line)?.[1] ?? port) || undefined;
      const { pid } = child;
      if (!line.endsWith("Server is ready") || port === undefined || pid === undefined) return;
      const ready = { pid, port, version };
      settle(() => resolve(running(child, ended, ready, () => ({ routePort, leafPort }))));
    };
    child.stderr?.setEncoding("utf8");
    child.stderr?.on("data", (text: string) => log.write(text).forEach(read));
    child.once("error", (cause) => failed(`could not be run: ${cause.message}`, { cause }));
    child.once("close", (exitCode, killedBy) => {
      log.end();
      if (child.killed) return;
      failed(exitCode === null ? `was killed by ${killedBy}` : `exited with code ${exitCode}`, { exitCode });
    });
  });
}

function running(
  child: ChildProcess,
  ended: Promise<void>,
  ready: Pick<ServerProcess, "pid" | "port" | "version">,
  ports: () => Pick<ServerProcess, "routePort" | "leafPort">,
): ServerProcess {
  return {
    ...ready,
    ended,
    get routePort(): number | undefined {
      return ports().routePort;
    },
    get leafPort(): number | undefined {
      return ports().leafPort;
    },
    get running(): boolean {
      return child.exitCode === null && child.signalCode === null;
    },
    send: (signal) => child.kill(signal),
  };
}
