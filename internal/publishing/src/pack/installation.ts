import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../workspaces/run.ts";
import type { Tarball } from "./tarball.ts";

export interface InstalledPackage {
  readonly name: string;
  readonly license: string;
}

/** A folder with one package in it, and what that brought. */
export interface Installation {
  /** Absolute. */
  readonly folder: string;
  /** The package itself is among them. */
  readonly packages: readonly InstalledPackage[];
  /** Of every file that came. */
  readonly unpackedBytes: number;
}

/**
 * Installs a package alone, from its tarball; those of this repository that it needs come from theirs.
 *
 * @throws Error it could not be installed; says so if that is for want of a registry
 */
export async function installAlone(subject: Tarball, all: readonly Tarball[], folder: string): Promise<Installation> {
  const others = all.filter((each) => each !== subject);
  await mkdir(folder, { recursive: true });
  const manifest = {
    private: true,
    type: "module",
    dependencies: { [subject.manifest.name]: `file:${subject.file}` },
    overrides: Object.fromEntries(others.map(({ manifest, file }) => [manifest.name, `file:${file}`])),
  };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await npmInstall(folder);
  const modules = join(folder, "node_modules");
  return { folder, packages: await packagesIn(modules), unpackedBytes: await bytesIn(modules) };
}

const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED/;

/** @throws Error with advice if no registry answered */
export async function npmInstall(folder: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"];
  try {
    await run("npm", ["install", ...options], { cwd: folder, env });
  } catch (cause) {
    if (!unreachable.test(String(cause))) throw cause;
    const advice = "check the network, and `npm config get registry`; what is in npm's cache needs none";
    throw new Error(`no npm registry could be reached, and dependencies are fetched from one: ${advice}`, { cause });
  }
}

async function packagesIn(modules: string): Promise<readonly InstalledPackage[]> {
  const lock = JSON.parse(await readFile(join(modules, ".package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, { license?: string }>>;
  };
  const found = Object.keys(lock.packages).map(async (path) => {
    const manifest = JSON.parse(await readFile(join(modules, "..", path, "package.json"), "utf8")) as InstalledPackage;
    return { name: manifest.name, license: String(manifest.license) };
  });
  return (await Promise.all(found)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function bytesIn(modules: string): Promise<number> {
  const entries = await readdir(modules, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== join(modules, ".package-lock.json"));
  return (await Promise.all(files.map((file) => stat(file)))).reduce((sum, { size }) => sum + size, 0);
}
