import { access, constants } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { type FindAttempt, NatsServerNotFoundError } from "../errors.ts";
import { runCommand } from "../run-command.ts";
import { cacheDirOf, fromCache, installIntoCache } from "./cache.ts";
import { withInstallLock } from "./install-lock.ts";
import { buildWithGo, downloadRelease, type Installer, unpackDebianPackage } from "./installers.ts";
import { releaseBaseUrl } from "./pinned.ts";
import { executableName, type FoundNatsServer, readVersion, type Search } from "./search.ts";

/** Options of `findNatsServer`. */
export interface FindNatsServerOptions {
  /** Aborts the search, and an installation that it has started. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds a nats-server: the program that `NATS_SERVER_BIN` names, otherwise a server on `PATH`, otherwise one in the
 * cache. If there is none, installs one into the cache: built with Go, unpacked from the Debian package, or downloaded
 * as a release. Reports the installation on stderr. If several processes search at the same time, only one installs a
 * server.
 *
 * @throws {NatsServerNotFoundError} `NATS_SERVER_NOT_FOUND`: no step succeeded; the error lists the reason of each step
 * @throws `signal.reason`
 * @example
 * ```ts
 * const { path, version } = await findNatsServer();
 * ```
 */
export function findNatsServer(options: FindNatsServerOptions = {}): Promise<FoundNatsServer> {
  return find(thisMachine(options));
}

/** Returns the search environment of this machine. */
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

/** Searches in the given environment, step by step, and tries the installers in order. */
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
    // Another process may have installed a server while this one waited for the lock.
    const cached = await fromCache(installers, search).catch(() => undefined);
    if (cached !== undefined) return cached;
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

/**
 * Returns the server that `NATS_SERVER_BIN` names. Throws if this server does not run, because the user has asked for
 * this server only.
 */
export async function fromEnvironment(search: Search): Promise<FoundNatsServer | undefined> {
  const named = search.env.NATS_SERVER_BIN;
  if (named === undefined || named === "") return undefined;
  const path = resolve(named);
  try {
    return { path, source: "environment", version: await readVersion(path, search) };
  } catch (cause) {
    search.signal?.throwIfAborted();
    throw new NatsServerNotFoundError([{ step: "NATS_SERVER_BIN", cause }]);
  }
}

/** Returns the first nats-server on `PATH`, or in a folder in which system packages install programs. */
export async function onPath(search: Search): Promise<FoundNatsServer> {
  const folders = (search.env.PATH ?? search.env.Path ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of [...folders, ...search.systemFolders]) {
    const path = resolve(join(folder, executableName(search)));
    const isExecutable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return { path, source: "path", version: await readVersion(path, search) };
  }
  throw new Error("no nats-server in its folders");
}
