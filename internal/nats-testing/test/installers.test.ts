import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { buildWithGo, downloadRelease } from "../src/find/installers.ts";
import { goVersion, releaseChecksums, releaseVersion } from "../src/find/pinned.ts";
import { type RunCommandOptions, runCommand } from "../src/run-command.ts";
import { fakeSearch, scriptedRun, writeFakeServer } from "./support/fake-search.ts";
import { tempFolder } from "./support/temp-folder.ts";

describe("buildWithGo", () => {
  it("builds the pinned version into the folder, and reports that first", async () => {
    const asked: RunCommandOptions[] = [];
    const { run, commands } = scriptedRun((_command, options) => {
      asked.push(options);
      return "";
    });
    const search = fakeSearch("/nonexistent", { run });
    expect(await buildWithGo.install("/into", search)).toBe("/into/nats-server");
    expect(commands).toEqual(["go version", `go install github.com/nats-io/nats-server/v2@v${goVersion}`]);
    expect(asked[1]).toMatchObject({ cwd: "/into", env: { GOBIN: "/into" } });
    expect(search.said).toEqual([`not found; building v${goVersion} with go (about a minute, once)...`]);
  });

  it("tries the default folder of Go if PATH has no go", async () => {
    const { run, commands } = scriptedRun((command) => {
      if (command.startsWith("go ")) throw new Error("no such program");
      return "";
    });
    await buildWithGo.install("/into", fakeSearch("/nonexistent", { run }));
    expect(commands.at(-1)).toMatch(/^\/usr\/local\/go\/bin\/go install /);
  });

  it("rejects with the reason and prints nothing if there is no go", async () => {
    const { run } = scriptedRun((command) => Promise.reject(new Error(`${command}: no such program`)));
    const search = fakeSearch("/nonexistent", { run });
    await expect(buildWithGo.install("/into", search)).rejects.toThrow("go version: no such program");
    expect(search.said).toEqual([]);
  });
});

describe("downloadRelease", () => {
  /** Starts an HTTP server and resolves to its address. */
  async function serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    onTestFinished(() => new Promise<void>((closed) => server.close(() => closed())));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Serves a release archive whose program is a script. */
  async function serveRelease(): Promise<{ base: string; checksum: string; paths: string[] }> {
    const folder = await tempFolder();
    const release = `nats-server-v${releaseVersion}-linux-amd64`;
    await writeFakeServer(join(folder, release, "nats-server"), releaseVersion);
    await runCommand("tar", ["-czf", "archive", release], { cwd: folder, timeoutMs: 10_000 });
    const archive = await readFile(join(folder, "archive"));
    const paths: string[] = [];
    const base = await serve((request, response) => {
      paths.push(request.url ?? "");
      response.end(archive);
    });
    return { base, checksum: createHash("sha256").update(archive).digest("hex"), paths };
  }

  it("unpacks an archive with the pinned checksum", async () => {
    const { base, checksum, paths } = await serveRelease();
    const folder = await tempFolder();
    const search = fakeSearch("/nonexistent", { releaseBaseUrl: base });
    const path = await downloadRelease({ "linux-amd64": checksum }).install(folder, search);
    expect(await runCommand(path, ["--version"], { timeoutMs: 10_000 })).toBe(`nats-server: v${releaseVersion}\n`);
    expect(paths).toEqual([`/v${releaseVersion}/nats-server-v${releaseVersion}-linux-amd64.tar.gz`]);
    expect(search.said).toEqual([`not found; downloading v${releaseVersion}...`]);
  });

  it("does not unpack an archive with a different checksum", async () => {
    const { base, checksum } = await serveRelease();
    const { run, commands } = scriptedRun(() => "");
    const search = fakeSearch("/nonexistent", { releaseBaseUrl: base, run });
    const installing = downloadRelease().install(await tempFolder(), search);
    await expect(installing).rejects.toThrow(
      `has the SHA-256 ${checksum}, not the pinned ${releaseChecksums["linux-amd64"]}; not used`,
    );
    expect(commands).toEqual([]);
  });

  it("reports the HTTP status of a failed download", async () => {
    const base = await serve((_request, response) => response.writeHead(503).end());
    const installing = downloadRelease().install("/into", fakeSearch("/nonexistent", { releaseBaseUrl: base }));
    await expect(installing).rejects.toThrow(/linux-amd64\.tar\.gz: answered 503/);
  });

  it("reports that the host cannot be reached", async () => {
    const installing = downloadRelease().install("/into", fakeSearch("/nonexistent"));
    await expect(installing).rejects.toThrow(/^http:\/\/127\.0\.0\.1:1\/.*: (bad port|connect ECONNREFUSED)/);
  });

  it("has no release for other platforms", async () => {
    for (const [changes, target] of [
      [{ platform: "darwin", arch: "arm64" }, "darwin-arm64"],
      [{ platform: "linux", arch: "mips" }, "linux-mips"],
      [{ platform: "win32", arch: "x64" }, "win32-amd64"],
    ] as const) {
      const installing = downloadRelease().install("/into", fakeSearch("/nonexistent", changes));
      await expect(installing).rejects.toThrow(`there is no pinned release for ${target}`);
    }
  });

  it.each([
    ["x64", "amd64"],
    ["arm64", "arm64"],
    ["arm", "arm7"],
    ["ia32", "386"],
    ["s390x", "s390x"],
    ["ppc64", "ppc64le"],
  ])("has a pinned checksum for Linux on %s, which the archive calls %s", async (arch, name) => {
    const installing = downloadRelease().install("/into", fakeSearch("/nonexistent", { arch }));
    await expect(installing).rejects.toThrow(`linux-${name}.tar.gz`);
    expect(releaseChecksums[`linux-${name}`]).toMatch(/^[0-9a-f]{64}$/);
  });

  it("rejects with the reason of its signal", async () => {
    const reason = new Error("enough");
    const { base } = await serveRelease();
    const search = fakeSearch("/nonexistent", { releaseBaseUrl: base, signal: AbortSignal.abort(reason) });
    await expect(downloadRelease().install("/into", search)).rejects.toBe(reason);
  });
});
