#!/usr/bin/env node
/** Runs a command once with each server of the matrix, and fails if it failed with any: `matrix.js npm test`. */
import { spawnSync } from "node:child_process";
import { matrixServers } from "./find/matrix-servers.ts";

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  process.stderr.write("say which command to run with each server\n");
  process.exit(2);
}
const failed: string[] = [];
for (const { path, version } of await matrixServers()) {
  process.stdout.write(`\n== nats-server ${version}\n`);
  const { NATS_URL: _, ...env } = process.env; // a server that is running would stand in for every row
  const { status, error } = spawnSync(command, args, { stdio: "inherit", env: { ...env, NATS_SERVER_BIN: path } });
  if (error !== undefined) throw error;
  if (status !== 0) failed.push(version);
}
process.stdout.write(failed.length === 0 ? "\nall servers passed\n" : `\nfailed with ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
