import { join } from "node:path";
import type { Installer } from "./install.ts";
import { goModule, goVersion } from "./pinned.ts";
import { executableName, type Search } from "./search.ts";

/** `go` may be missing from `PATH` where its own archive put it. */
const places = ["go", "/usr/local/go/bin/go"] as const;

/** Builds a version with `go install`, which checks what it downloads against Go's checksum database. */
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
        // Without cgo it needs no C compiler and no particular libc.
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
  for (const go of places) {
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
