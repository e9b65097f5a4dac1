import { type ExecFileException, execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Options of `run`. */
export interface RunOptions {
  /** @default the folder of this process */
  readonly cwd?: string;
  /** Environment variables in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Time after which the command is killed. @default no limit */
  readonly timeoutMs?: number;
}

/**
 * Runs a command and resolves to its standard output.
 *
 * @throws {Error} the command failed; the message contains all its output
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  try {
    const { stdout } = await execute(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      maxBuffer: 64 * 1024 * 1024,
      timeout: options.timeoutMs ?? 0,
    });
    return stdout;
  } catch (cause) {
    const { stdout = "", stderr = "", killed = false } = cause as Partial<ExecFileException>;
    const reason = killed ? `did not end within ${options.timeoutMs} ms` : "failed";
    throw new Error(`${command} ${args.join(" ")} ${reason}:\n${stdout}${stderr}`.trimEnd(), { cause });
  }
}
