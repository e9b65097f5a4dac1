import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { goModule, goVersion, releaseChecksums, releaseVersion } from "./pinned.ts";
import { executableName, type NatsServerSource, type Search } from "./search.ts";

/** A way of installing a server. */
export interface Installer {
  /** Name of the folder in the cache. It contains the version if the version is pinned. */
  readonly name: string;
  /** Name in error messages. */
  readonly step: string;
  readonly source: NatsServerSource;
  /** Installs a server into the folder and resolves to its path. Rejects with the reason if the installation fails. */
  install(folder: string, search: Search): Promise<string>;
}

/** The program `go` on `PATH`, and in the folder in which Go's own archive installs it. */
const goPrograms = ["go", "/usr/local/go/bin/go"] as const;

/** Builds a version with `go install`, which verifies downloads against Go's checksum database. */
export function goInstaller(version: string): Installer {
  return {
    name: `go-v${version}`,
    step: "go install",
    source: "go",
    async install(folder, search) {
      const go = await findGo(search);
      search.say(`not found; building v${version} with go (about a minute, once)...`);
      await search.run(go, ["install", `${goModule}@v${version}`], {
        cwd: folder,
        // Without cgo, the build needs no C compiler and the program needs no particular libc.
        env: { GOBIN: folder, CGO_ENABLED: "0" },
        timeoutMs: 600_000,
        signal: search.signal,
      });
      return join(folder, executableName(search));
    },
  };
}

/** Builds the pinned version. */
export const buildWithGo: Installer = goInstaller(goVersion);

async function findGo(search: Search): Promise<string> {
  let firstFailure: unknown;
  for (const go of goPrograms) {
    try {
      await search.run(go, ["version"], { timeoutMs: 10_000, signal: search.signal });
      return go;
    } catch (failure) {
      search.signal?.throwIfAborted();
      firstFailure ??= failure;
    }
  }
  throw firstFailure;
}

/**
 * Unpacks the program from the Debian or Ubuntu package. Installs nothing into the system and starts no service.
 */
export const unpackDebianPackage: Installer = {
  name: "debian",
  step: "Debian package",
  source: "debian",
  async install(folder, search) {
    if (search.platform !== "linux") throw new Error(`${search.platform} has no apt`);
    const run = (command: string, ...args: string[]): Promise<string> =>
      search.run(command, args, { cwd: folder, timeoutMs: 300_000, signal: search.signal });
    await run("dpkg-deb", "--version");
    await run("apt-get", "--version");
    search.say("not found; unpacking the Debian package into the cache...");
    try {
      await run("apt-get", "download", "nats-server");
    } catch (error) {
      search.signal?.throwIfAborted();
      // In a fresh container the package lists may be missing or outdated. Only root can update them.
      if (!search.isRoot) throw error;
      await run("apt-get", "update");
      await run("apt-get", "download", "nats-server");
    }
    const archive = (await readdir(folder)).find((name) => name.endsWith(".deb"));
    if (archive === undefined) throw new Error("apt-get download nats-server left no package");
    await run("dpkg-deb", "-x", archive, "package");
    return join(folder, "package", "usr", "sbin", "nats-server");
  },
};

/** The architectures of Node.js (`process.arch`), with their names in the release archives. */
const releaseArchitectures: Readonly<Record<string, string>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "arm7",
  ia32: "386",
  s390x: "s390x",
  ppc64: "ppc64le",
};

/** Downloads the pinned release and verifies its checksum before it unpacks anything. */
export function downloadRelease(checksums: Readonly<Record<string, string>> = releaseChecksums): Installer {
  return {
    name: `release-v${releaseVersion}`,
    step: "release archive",
    source: "release",
    async install(folder, search) {
      const target = `${search.platform}-${releaseArchitectures[search.arch] ?? search.arch}`;
      const expected = checksums[target];
      if (expected === undefined) throw new Error(`there is no pinned release for ${target}`);
      const release = `nats-server-v${releaseVersion}-${target}`;
      const url = `${search.releaseBaseUrl}/v${releaseVersion}/${release}.tar.gz`;
      search.say(`not found; downloading v${releaseVersion}...`);
      const archive = await download(url, search);
      const actual = createHash("sha256").update(archive).digest("hex");
      if (actual !== expected)
        throw new Error(`${url} has the SHA-256 ${actual}, not the pinned ${expected}; not used`);
      await writeFile(join(folder, "release.tar.gz"), archive);
      await search.run("tar", ["-xzf", "release.tar.gz"], { cwd: folder, timeoutMs: 60_000, signal: search.signal });
      return join(folder, release, executableName(search));
    },
  };
}

async function download(url: string, search: Search): Promise<Buffer> {
  const timeout = AbortSignal.timeout(300_000);
  const signal = search.signal === undefined ? timeout : AbortSignal.any([search.signal, timeout]);
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`answered ${response.status} ${response.statusText}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    search.signal?.throwIfAborted();
    // The message of fetch is "fetch failed"; the reason is its cause.
    const { cause } = error as Error;
    const reason = cause instanceof Error ? cause : (error as Error);
    throw new Error(`${url}: ${reason.message}`, { cause: error });
  }
}
