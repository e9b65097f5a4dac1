import { spawn } from "node:child_process";

/** Options of `runCommand`. */
export interface RunCommandOptions {
  readonly cwd?: string;
  /** Environment variables in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Time in milliseconds after which the program is killed. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program and resolves to its standard output. Rejects with a readable error if the program cannot be run,
 * fails, or exceeds the timeout. Rejects with the signal's reason if the signal is aborted.
 */
export type RunCommand = (command: string, args: readonly string[], options: RunCommandOptions) => Promise<string>;

export const runCommand: RunCommand = (command, args, options) => {
  const commandLine = [command, ...args].join(" ");
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      killSignal: "SIGKILL",
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    // The timeout option of spawn would keep this process alive even if the program does not exist.
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = child.kill("SIGKILL");
    }, options.timeoutMs);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-2_000);
    });
    child.once("error", (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const why = cause.code === "ENOENT" ? "no such program" : cause.message;
      reject(options.signal?.aborted ? options.signal.reason : new Error(`${commandLine}: ${why}`, { cause }));
    });
    child.once("close", (code, killedBy) => {
      clearTimeout(timer);
      if (code === 0) return resolve(stdout);
      const ended = killedBy === null ? `exit code ${code}` : `killed by ${killedBy}`;
      const how = timedOut ? `killed after ${options.timeoutMs} ms` : ended;
      reject(new Error(`${commandLine}: ${how}${stderr.trim() === "" ? "" : `: ${stderr.trim()}`}`));
    });
  });
};
