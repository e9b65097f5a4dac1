import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Installer } from "./installers.ts";
import { executableName, type FoundNatsServer, readVersion, type Search } from "./search.ts";

/**
 * Returns `$XDG_CACHE_HOME/aether/nats-server`. Uses `~/.cache` if the variable is not set or, as XDG requires, if it
 * is a relative path.
 */
export function cacheDirOf(env: Search["env"]): string {
  const home = env.XDG_CACHE_HOME;
  const base = home !== undefined && isAbsolute(home) ? home : join(homedir(), ".cache");
  return join(base, "aether", "nats-server");
}

/** Returns the cached server of the first installer in the list whose cached server runs. */
export async function fromCache(installers: readonly Installer[], search: Search): Promise<FoundNatsServer> {
  let broken: unknown;
  for (const { name } of installers) {
    const path = pathInCache(name, search);
    if ((await stat(path).catch(() => undefined)) === undefined) continue;
    try {
      return { path, source: "cache", version: await readVersion(path, search) };
    } catch (cause) {
      search.signal?.throwIfAborted();
      broken = cause;
    }
  }
  throw broken ?? new Error(`nothing in ${search.cacheDir}`);
}

/**
 * Installs a server into a temporary folder, verifies that it runs, and moves it into the cache in one step, so that
 * the cache never contains part of a server. Removes unfinished installations first. The caller must hold the install
 * lock, so that no other process is installing.
 */
export async function installIntoCache(installer: Installer, search: Search): Promise<FoundNatsServer> {
  await mkdir(search.cacheDir, { recursive: true });
  await removeUnfinished(search.cacheDir);
  const incoming = await mkdtemp(join(search.cacheDir, incomingPrefix));
  try {
    const installed = await installer.install(incoming, search);
    const version = await readVersion(installed, search);
    const path = pathInCache(installer.name, search);
    await mkdir(join(path, ".."), { recursive: true });
    await rename(installed, path);
    return { path, source: installer.source, version };
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

const incomingPrefix = "incoming-";

async function removeUnfinished(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (name.startsWith(incomingPrefix)) await rm(join(cacheDir, name), { recursive: true, force: true });
  }
}

/** Returns the path in the cache. It contains the platform, because different machines may share a home folder. */
function pathInCache(installer: string, search: Search): string {
  return join(search.cacheDir, `${installer}-${search.platform}-${search.arch}`, executableName(search));
}
