import { spawn } from "node:child_process";

export interface RunCommandOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end and resolves to what it printed. Rejects with an error that is fit for a person if it cannot
 * be run, fails, takes too long (it is then killed), and with the signal's reason if that aborts.
 */
export type RunCommand = (command: string, args: readonly string[], options: RunCommandOptions) => Promise<string>;

export const runCommand: RunCommand = (command, args, options) => {
  const shown = [command, ...args].join(" ");
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      killSignal: "SIGKILL",
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    // The timeout of spawn would keep a process waiting for programs that do not exist.
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
      reject(options.signal?.aborted ? options.signal.reason : new Error(`${shown}: ${why}`, { cause }));
    });
    child.once("close", (code, killedBy) => {
      clearTimeout(timer);
      if (code === 0) return resolve(stdout);
      const ended = killedBy === null ? `exit code ${code}` : `killed by ${killedBy}`;
      const how = timedOut ? `killed after ${options.timeoutMs} ms` : ended;
      reject(new Error(`${shown}: ${how}${stderr.trim() === "" ? "" : `: ${stderr.trim()}`}`));
    });
  });
};
