import { buildWithGo, goInstaller } from "./build-with-go.ts";
import { type FindNatsServerOptions, find, thisMachine } from "./find-nats-server.ts";
import type { Installer } from "./install.ts";
import { olderGoVersion } from "./pinned.ts";
import type { FoundNatsServer } from "./search.ts";
import { unpackDebianPackage } from "./unpack-debian-package.ts";

const matrix: readonly Installer[] = [unpackDebianPackage, goInstaller(olderGoVersion), buildWithGo];

/**
 * The servers to test against, the oldest first: Debian's, one of an older line, and the current one. Those that are not in
 * the cache are installed there.
 *
 * @throws {NatsServerNotFoundError} `NATS_SERVER_NOT_FOUND`: one of them could not be installed
 */
export async function matrixServers(options: FindNatsServerOptions = {}): Promise<readonly FoundNatsServer[]> {
  // What the environment names and what is on the path is no row of the matrix.
  const search = { ...thisMachine(options), env: {}, systemFolders: [] };
  const found: FoundNatsServer[] = [];
  for (const installer of matrix) found.push(await find(search, [installer]));
  return found;
}
