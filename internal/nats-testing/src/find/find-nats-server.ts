import { runCommand } from "../run-command.ts";
import { buildWithGo } from "./build-with-go.ts";
import { cacheDirOf, fromCache, installIntoCache } from "./cache.ts";
import { downloadRelease } from "./download-release.ts";
import { fromEnvironment } from "./from-environment.ts";
import type { Installer } from "./install.ts";
import { withInstallLock } from "./install-lock.ts";
import { type FindAttempt, NatsServerNotFoundError } from "./nats-server-not-found-error.ts";
import { onPath } from "./on-path.ts";
import { releaseBaseUrl } from "./pinned.ts";
import type { FoundNatsServer, Search } from "./search.ts";
import { unpackDebianPackage } from "./unpack-debian-package.ts";

export interface FindNatsServerOptions {
  /** Aborts the search, and an installation that it began. */
  readonly signal?: AbortSignal;
}

/**
 * Finds a nats-server: what `NATS_SERVER_BIN` names, else the one on `PATH`, else the one in the cache. If there is none it
 * installs one into the cache, once for all processes that search at the same time: built with go, unpacked from Debian's
 * package, or the project's release. It says on stderr what it installs.
 *
 * @throws {NatsServerNotFoundError} `NATS_SERVER_NOT_FOUND`: with every attempt, why it failed, and what to do
 * @example
 * ```ts
 * const { path, version } = await findNatsServer();
 * ```
 */
export function findNatsServer(options: FindNatsServerOptions = {}): Promise<FoundNatsServer> {
  return find(thisMachine(options));
}

/** The world as it is. */
export function thisMachine(options: FindNatsServerOptions): Search {
  return {
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    isRoot: process.getuid?.() === 0,
    systemFolders: ["/usr/local/bin", "/usr/local/sbin", "/usr/sbin", "/opt/homebrew/bin"],
    cacheDir: cacheDirOf(process.env),
    releaseBaseUrl,
    run: runCommand,
    say: (line) => process.stderr.write(`nats-server: ${line}\n`),
    signal: options.signal,
  };
}

const allInstallers: readonly Installer[] = [buildWithGo, unpackDebianPackage, downloadRelease()];

/** The order of the search, in a world of the caller's choice. */
export async function find(search: Search, installers: readonly Installer[] = allInstallers): Promise<FoundNatsServer> {
  search.signal?.throwIfAborted();
  const attempts: FindAttempt[] = [];
  const attempt = async <T>(step: string, go: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await go();
    } catch (cause) {
      search.signal?.throwIfAborted();
      attempts.push({ step, cause });
      return undefined;
    }
  };
  const install = async (): Promise<FoundNatsServer | undefined> => {
    // Whoever held the lock before has probably installed one.
    const meanwhile = await fromCache(installers, search).catch(() => undefined);
    if (meanwhile !== undefined) return meanwhile;
    for (const installer of installers) {
      const installed = await attempt(installer.step, () => installIntoCache(installer, search));
      if (installed !== undefined) return installed;
    }
    return undefined;
  };
  const onWait = (owner: string): void => search.say(`waiting for ${owner}, which is installing one...`);

  const found =
    (await fromEnvironment(search)) ??
    (await attempt("PATH", () => onPath(search))) ??
    (await attempt("cache", () => fromCache(installers, search))) ??
    (await attempt("cache", () => withInstallLock(search.cacheDir, { signal: search.signal, onWait }, install)));
  if (found === undefined) throw new NatsServerNotFoundError(attempts);
  return found;
}
