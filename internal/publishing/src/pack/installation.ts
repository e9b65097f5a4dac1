import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../workspaces/run.ts";
import type { Tarball } from "./tarball.ts";

/** A package in `node_modules`. */
export interface InstalledPackage {
  readonly name: string;
  readonly license: string;
}

/** A folder in which one package was installed. */
export interface Installation {
  /** Absolute path. */
  readonly folder: string;
  /** All installed packages, including the package itself. */
  readonly packages: readonly InstalledPackage[];
  /** Total size of all installed files. */
  readonly unpackedBytes: number;
}

/**
 * Installs a package from its tarball into an empty folder. Its dependencies from this repository are also installed
 * from their tarballs.
 *
 * @throws {Error} the installation failed; if no registry answered, the message says so
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

/** Runs `npm install`. @throws {Error} the installation failed; if no registry answered, the message gives advice */
export async function npmInstall(folder: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"];
  try {
    await run("npm", ["install", ...options], { cwd: folder, env });
  } catch (cause) {
    if (!unreachable.test(String(cause))) throw cause;
    const advice = "check the network and `npm config get registry`, or fill npm's cache first";
    throw new Error(`no npm registry answered, and the dependencies are not in npm's cache: ${advice}`, { cause });
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
