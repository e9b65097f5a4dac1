import { execFile } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";

/** Environment of a search. It contains every property of the machine that a test can replace. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  /** Returns true if the file exists and may be run. */
  readonly isProgram: (path: string) => boolean;
  /** Returns the text of a file, or an empty text if it cannot be read. */
  readonly read: (path: string) => string;
  /** Runs a program and resolves to its output. Rejects if it fails or exceeds ten minutes. */
  readonly run: (command: string, ...args: readonly string[]) => Promise<string>;
  /** Prints one line for the user who is waiting. */
  readonly say: (line: string) => void;
}

/** This machine. */
export const thisMachine: Machine = {
  env: process.env,
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  isProgram: (path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
  read: (path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "";
    }
  },
  run: (command, ...args) =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      const options = { timeout: 600_000, maxBuffer: 2 ** 26, env };
      execFile(command, args, options, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
    }),
  say: (line) => process.stderr.write(`chromium: ${line}\n`),
};
