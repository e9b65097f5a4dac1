#!/usr/bin/env node
/**
 * Runs a command, such as `matrix.js npm test`, once with each supported release line of nats-server, oldest first.
 * Fails if any run fails. The servers are Debian's version, the version of an older line, and the current version.
 * Missing servers are installed into the cache.
 */
import { spawnSync } from "node:child_process";
import { find, thisMachine } from "./find/find-nats-server.ts";
import { buildWithGo, goInstaller, type Installer, unpackDebianPackage } from "./find/installers.ts";
import { olderGoVersion } from "./find/pinned.ts";

const installers: readonly Installer[] = [unpackDebianPackage, goInstaller(olderGoVersion), buildWithGo];

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  process.stderr.write("usage: matrix.js COMMAND [ARGUMENT...]\n");
  process.exit(2);
}
// A server from NATS_SERVER_BIN or from PATH would replace the servers of the matrix.
const search = { ...thisMachine({}), env: {}, systemFolders: [] };
const servers = [];
for (const installer of installers) servers.push(await find(search, [installer]));
const failed: string[] = [];
for (const { path, version } of servers) {
  process.stdout.write(`\n== nats-server ${version}\n`);
  const { NATS_URL: _, ...env } = process.env; // tests would use the server at NATS_URL instead of NATS_SERVER_BIN
  const { status, error } = spawnSync(command, args, { stdio: "inherit", env: { ...env, NATS_SERVER_BIN: path } });
  if (error !== undefined) throw error;
  if (status !== 0) failed.push(version);
}
process.stdout.write(failed.length === 0 ? "\nall servers passed\n" : `\nfailed with ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
