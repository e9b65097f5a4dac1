import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { NatsServerNotFoundError } from "../src/errors.ts";
import { find } from "../src/find/find-nats-server.ts";
import type { Installer } from "../src/find/installers.ts";
import { compileSources } from "./support/compile.ts";
import { fakeSearch, writeFakeServer, writeScript } from "./support/fake-search.ts";
import { tempFolder } from "./support/temp-folder.ts";

function installer(name: string, install: Installer["install"]): Installer {
  return { name, step: name, source: "go", install };
}

const installs = (version: string): Installer =>
  installer("installs", (folder) => writeFakeServer(join(folder, "made", "nats-server"), version));
const fails = installer("fails", () => Promise.reject(new Error("no network")));

describe("find", () => {
  it("prefers NATS_SERVER_BIN to PATH, PATH to the cache, and the cache to a new installation", async () => {
    const folder = await tempFolder();
    const named = await writeFakeServer(join(folder, "named"), "1.0.0");
    await writeFakeServer(join(folder, "bin", "nats-server"), "2.0.0");
    await writeFakeServer(join(folder, "cache", "installs-linux-x64", "nats-server"), "3.0.0");
    const findWith = (env: Record<string, string>, cache = "cache") =>
      find(fakeSearch(join(folder, cache), { env }), [installs("4.0.0")]);
    const PATH = join(folder, "bin");
    expect(await findWith({ NATS_SERVER_BIN: named, PATH })).toMatchObject({ source: "environment", version: "1.0.0" });
    expect(await findWith({ PATH })).toMatchObject({ source: "path", version: "2.0.0" });
    expect(await findWith({})).toMatchObject({ source: "cache", version: "3.0.0" });
    expect(await findWith({}, "empty")).toMatchObject({ source: "go", version: "4.0.0" });
  });

  it("does not search further if the program that NATS_SERVER_BIN names does not run", async () => {
    const folder = await tempFolder();
    await writeFakeServer(join(folder, "nats-server"));
    const search = fakeSearch(folder, { env: { NATS_SERVER_BIN: "/nonexistent", PATH: folder } });
    await expect(find(search, [installs("4.0.0")])).rejects.toThrow("NATS_SERVER_BIN");
  });

  it("installs with the first installer that succeeds, and finds the server in the cache the next time", async () => {
    const cache = join(await tempFolder(), "not", "yet", "there");
    const installed = await find(fakeSearch(cache), [fails, installs("4.0.0"), fails]);
    const path = join(cache, "installs-linux-x64", "nats-server");
    expect(installed).toEqual({ path, source: "go", version: "4.0.0" });
    expect(await find(fakeSearch(cache), [installs("5.0.0")])).toEqual({ path, source: "cache", version: "4.0.0" });
  });

  it("replaces a server in the cache that does not run", async () => {
    const cache = await tempFolder();
    const path = await writeScript(join(cache, "installs-linux-x64", "nats-server"), "exit 1");
    expect(await find(fakeSearch(cache), [installs("4.0.0")])).toEqual({ path, source: "go", version: "4.0.0" });
  });

  it("never uses an unfinished installation, and removes it", async () => {
    const cache = await tempFolder();
    await mkdir(join(cache, "incoming-of-one-that-was-killed"));
    const broken = installer("broken", (folder) => writeScript(join(folder, "nats-server"), "exit 1"));
    await expect(find(fakeSearch(cache), [broken])).rejects.toThrow(/broken: .*--version: exit code 1/);
    expect(await readdir(cache)).toEqual(["install-1.lock"]);
  });

  it("lists all failed steps in order in one error, with the ways to fix it", async () => {
    const search = fakeSearch(await tempFolder(), { env: { PATH: "/nonexistent" } });
    const error = await find(search, [fails, installer("fails too", fails.install)]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NatsServerNotFoundError);
    const { attempts, message, cause } = error as NatsServerNotFoundError;
    expect(attempts.map(({ step }) => step)).toEqual(["PATH", "cache", "fails", "fails too"]);
    expect(cause).toBe(attempts[3]?.cause);
    for (const hint of ["fails too: no network", "brew install nats-server", "apt-get install nats-server"]) {
      expect(message).toContain(hint);
    }
    for (const hint of ["go install github.com/", "NATS_SERVER_BIN=", "NATS_URL="]) expect(message).toContain(hint);
  });

  it("reports that it cannot write to the cache", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "file"), "");
    const finding = find(fakeSearch(join(folder, "file", "cache")), [installs("4.0.0")]);
    await expect(finding).rejects.toMatchObject({ code: "NATS_SERVER_NOT_FOUND", message: /ENOTDIR/ });
  });

  it("rejects with the reason of its signal, and leaves no unfinished installation", async () => {
    const cache = await tempFolder();
    const reason = new Error("enough");
    const controller = new AbortController();
    const search = fakeSearch(cache, { signal: controller.signal });
    const slow = installer("slow", async (folder) => {
      const running = search.run("sh", ["-c", "exec sleep 60"], { timeoutMs: 60_000, signal: search.signal });
      controller.abort(reason);
      return (await running) + folder;
    });
    await expect(find(search, [slow, installs("4.0.0")])).rejects.toBe(reason);
    expect(await readdir(cache)).toEqual(["install-1.lock"]);
    await expect(find(search, [installs("4.0.0")])).rejects.toBe(reason);
  });
});

describe("several processes that search at the same time", () => {
  it("install one server in total, even after another process died during its installation", async () => {
    const folder = await tempFolder();
    await compileSources(join(folder, "js"));
    const cache = join(folder, "cache");
    await mkdir(cache);
    await writeFile(join(cache, "install-3.lock"), `${2 ** 22 + 1} ${hostname()}`);
    // This fake go runs for a while, so that the other processes wait for the lock.
    await writeScript(
      join(folder, "bin", "go"),
      `[ "$1" = install ] || exit 0
      echo built >> "${folder}/builds"
      sleep 0.3
      printf '#!/bin/sh\\necho "nats-server: v9.9.9"\\n' > "$GOBIN/nats-server"
      chmod +x "$GOBIN/nats-server"`,
    );
    const program = join(folder, "js", "search.js");
    await writeFile(
      program,
      `import { find } from "./find/find-nats-server.js";
      import { runCommand } from "./run-command.js";
      const { source, version } = await find({
        env: {}, platform: "linux", arch: "x64", isRoot: false, systemFolders: [], releaseBaseUrl: "http://127.0.0.1:1",
        cacheDir: ${JSON.stringify(cache)}, run: runCommand, say: () => {}, signal: undefined,
      });
      console.log(source, version);`,
    );
    const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
    const search = async (): Promise<string> =>
      (await promisify(execFile)(process.execPath, [program], { env })).stdout.trim();
    const found = await Promise.all([search(), search(), search(), search()]);
    expect(found.sort()).toEqual(["cache 9.9.9", "cache 9.9.9", "cache 9.9.9", "go 9.9.9"]);
    expect(await readFile(join(folder, "builds"), "utf8")).toBe("built\n");
  }, 30_000);
});
