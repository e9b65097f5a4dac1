import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Search } from "../../src/find/search.ts";
import type { RunCommand, RunCommandOptions } from "../../src/run-command.ts";
import { runCommand } from "../../src/run-command.ts";

/** Returns the environment of a search on 64-bit Linux without any server. Programs are really run. */
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

/** Writes a program that answers `--version` like nats-server. */
export async function writeFakeServer(path: string, version = "9.9.9"): Promise<string> {
  return writeScript(path, `echo "nats-server: v${version}"`);
}

/** Writes an executable shell script. */
export async function writeScript(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** Returns a runner that records the commands and does not run them. `act` replaces the programs. */
export function scriptedRun(act: (command: string, options: RunCommandOptions) => string | Promise<string>): {
  readonly run: RunCommand;
  readonly commands: string[];
} {
  const commands: string[] = [];
  const run: RunCommand = async (command, args, options) => {
    const commandLine = [command, ...args].join(" ");
    commands.push(commandLine);
    return await act(commandLine, options);
  };
  return { run, commands };
}
