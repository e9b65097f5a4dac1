import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Installer } from "./install.ts";
import { releaseChecksums, releaseVersion } from "./pinned.ts";
import { executableName, type Search } from "./search.ts";

const names: Readonly<Record<string, string>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "arm7",
  ia32: "386",
  s390x: "s390x",
  ppc64: "ppc64le",
};

const timeoutMs = 300_000;

/** Downloads the pinned release. Nothing of it is unpacked before its checksum was found to be the pinned one. */
export function downloadRelease(checksums: Readonly<Record<string, string>> = releaseChecksums): Installer {
  return {
    name: `release-v${releaseVersion}`,
    step: "release archive",
    source: "release",
    async install(folder, search) {
      const target = `${search.platform}-${names[search.arch] ?? search.arch}`;
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
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = search.signal === undefined ? timeout : AbortSignal.any([search.signal, timeout]);
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`answered ${response.status} ${response.statusText}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (cause) {
    search.signal?.throwIfAborted();
    // "fetch failed" says nothing; its cause does.
    const why = (cause as Error).cause instanceof Error ? (cause as Error & { cause: Error }).cause : (cause as Error);
    throw new Error(`${url}: ${why.message}`, { cause });
  }
}
