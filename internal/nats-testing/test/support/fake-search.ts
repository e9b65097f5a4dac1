import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Search } from "../../src/find/search.ts";
import type { RunCommand, RunCommandOptions } from "../../src/run-command.ts";
import { runCommand } from "../../src/run-command.ts";

/** A world in which there is nothing, on 64-bit Linux. Programs of its own really run. */
export function fakeSearch(cacheDir: string, changes: Partial<Search> = {}): Search & { readonly said: string[] } {
  const said: string[] = [];
  return {
    env: {},
    platform: "linux",
    arch: "x64",
    isRoot: false,
    systemFolders: [],
    cacheDir,
    releaseBaseUrl: "http://127.0.0.1:1",
    run: runCommand,
    say: (line) => said.push(line),
    signal: undefined,
    said,
    ...changes,
  };
}

/** A program that answers `--version` as nats-server does. */
export async function writeFakeServer(path: string, version = "9.9.9"): Promise<string> {
  return writeScript(path, `echo "nats-server: v${version}"`);
}

export async function writeScript(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A runner that runs nothing and remembers what it was asked; `act` does what the program would. */
export function scriptedRun(act: (command: string, options: RunCommandOptions) => string | Promise<string>): {
  readonly run: RunCommand;
  readonly commands: string[];
} {
  const commands: string[] = [];
  const run: RunCommand = async (command, args, options) => {
    const whole = [command, ...args].join(" ");
    commands.push(whole);
    return await act(whole, options);
  };
  return { run, commands };
}
