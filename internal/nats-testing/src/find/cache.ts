import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Installer } from "./install.ts";
import { readVersion } from "./read-version.ts";
import { executableName, type FoundNatsServer, type Search } from "./search.ts";

/** `$XDG_CACHE_HOME/aether/nats-server`, by default under `~/.cache`; a relative one is ignored, as its specification says. */
export function cacheDirOf(env: Search["env"]): string {
  const home = env.XDG_CACHE_HOME;
  const base = home !== undefined && isAbsolute(home) ? home : join(homedir(), ".cache");
  return join(base, "aether", "nats-server");
}

/** The server that some earlier search installed: the best of `installers` that is there and runs. */
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
 * Installs into a temporary folder and moves what it proved to run into its place, in one step: what is in its place is
 * whole. Only who holds the install lock may call it: it also removes what earlier ones left half done.
 */
export async function installIntoCache(installer: Installer, search: Search): Promise<FoundNatsServer> {
  await mkdir(search.cacheDir, { recursive: true });
  await removeLeftovers(search.cacheDir);
  const incoming = await mkdtemp(join(search.cacheDir, incomingPrefix));
  try {
    const made = await installer.install(incoming, search);
    const version = await readVersion(made, search);
    const path = pathInCache(installer.name, search);
    await mkdir(join(path, ".."), { recursive: true });
    await rename(made, path);
    return { path, source: installer.source, version };
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

const incomingPrefix = "incoming-";

async function removeLeftovers(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (name.startsWith(incomingPrefix)) await rm(join(cacheDir, name), { recursive: true, force: true });
  }
}

/** The platform is in the name: a home folder may be shared by machines of several kinds. */
function pathInCache(installer: string, search: Search): string {
  return join(search.cacheDir, `${installer}-${search.platform}-${search.arch}`, executableName(search));
}
