import { chmod, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { NatsServerNotFoundError } from "../src/errors.ts";
import { cacheDirOf, fromCache } from "../src/find/cache.ts";
import { fromEnvironment, onPath } from "../src/find/find-nats-server.ts";
import type { Installer } from "../src/find/installers.ts";
import { fakeSearch, writeFakeServer, writeScript } from "./support/fake-search.ts";
import { tempFolder } from "./support/temp-folder.ts";

describe("fromEnvironment", () => {
  it("returns nothing if NATS_SERVER_BIN is missing or empty", async () => {
    expect(await fromEnvironment(fakeSearch("/nonexistent"))).toBeUndefined();
    expect(await fromEnvironment(fakeSearch("/nonexistent", { env: { NATS_SERVER_BIN: "" } }))).toBeUndefined();
  });

  it("returns the server that NATS_SERVER_BIN names, with its version", async () => {
    const path = await writeFakeServer(join(await tempFolder(), "my-server"), "2.11.0-RC.1");
    const found = await fromEnvironment(fakeSearch("/nonexistent", { env: { NATS_SERVER_BIN: path } }));
    expect(found).toEqual({ path, source: "environment", version: "2.11.0-RC.1" });
  });

  it.each(["/nonexistent/nats-server", "/bin/true"])(
    "rejects %s, which is not a nats-server that runs",
    async (named) => {
      const finding = fromEnvironment(fakeSearch("/nonexistent", { env: { NATS_SERVER_BIN: named } }));
      const error = await finding.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NatsServerNotFoundError);
      expect(error).toMatchObject({ code: "NATS_SERVER_NOT_FOUND", attempts: [{ step: "NATS_SERVER_BIN" }] });
      expect((error as Error).message).toMatch(
        /^NATS_SERVER_BIN names no nats-server that runs; correct it, or unset it/,
      );
      expect((error as Error).message).toContain(named);
    },
  );
});

describe("onPath", () => {
  it("returns the first executable one, in the order of PATH", async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, "empty"));
    await chmod(await writeFakeServer(join(folder, "unusable", "nats-server")), 0o644);
    const path = await writeFakeServer(join(folder, "first", "nats-server"), "2.12.1");
    await writeFakeServer(join(folder, "second", "nats-server"), "2.9.10");
    const PATH = ["empty", "unusable", "first", "second"].map((name) => join(folder, name)).join(delimiter);
    expect(await onPath(fakeSearch("/nonexistent", { env: { PATH } }))).toEqual({
      path,
      source: "path",
      version: "2.12.1",
    });
  });

  it("searches the system's folders after PATH", async () => {
    const folder = await tempFolder();
    const path = await writeFakeServer(join(folder, "nats-server"));
    const search = fakeSearch("/nonexistent", { env: { PATH: "/nonexistent" }, systemFolders: [folder] });
    expect(await onPath(search)).toMatchObject({ path, source: "path" });
  });

  it("reports that there is none", async () => {
    await expect(onPath(fakeSearch("/nonexistent"))).rejects.toThrow("no nats-server in its folders");
  });

  it("searches for nats-server.exe on Windows", async () => {
    const folder = await tempFolder();
    const path = await writeFakeServer(join(folder, "nats-server.exe"));
    const search = fakeSearch("/nonexistent", { platform: "win32", env: { Path: folder } });
    expect(await onPath(search)).toMatchObject({ path });
  });
});

describe("the cache", () => {
  const installers = ["one", "two"].map((name): Installer => {
    return { name, step: name, source: "go", install: () => Promise.reject(new Error("not asked for")) };
  });

  it("is in XDG_CACHE_HOME, if that is an absolute path", () => {
    expect(cacheDirOf({ XDG_CACHE_HOME: "/var/cache" })).toBe("/var/cache/aether/nats-server");
    for (const env of [{}, { XDG_CACHE_HOME: "" }, { XDG_CACHE_HOME: "relative" }]) {
      expect(cacheDirOf(env)).toBe(join(homedir(), ".cache", "aether", "nats-server"));
    }
  });

  it("separates the servers of installers and platforms, and prefers the first installer's", async () => {
    const folder = await tempFolder();
    const search = fakeSearch(folder);
    await writeFakeServer(join(folder, "one-linux-arm64", "nats-server"));
    const second = await writeFakeServer(join(folder, "two-linux-x64", "nats-server"), "2.0.0");
    expect(await fromCache(installers, search)).toEqual({ path: second, source: "cache", version: "2.0.0" });
    const first = await writeFakeServer(join(folder, "one-linux-x64", "nats-server"), "1.0.0");
    expect(await fromCache(installers, search)).toEqual({ path: first, source: "cache", version: "1.0.0" });
  });

  it("skips a server that does not run, and reports the reason if there is no other", async () => {
    const folder = await tempFolder();
    await writeScript(join(folder, "one-linux-x64", "nats-server"), "echo wrong architecture >&2; exit 126");
    await expect(fromCache(installers, fakeSearch(folder))).rejects.toThrow(/exit code 126: wrong architecture/);
    const path = await writeFakeServer(join(folder, "two-linux-x64", "nats-server"));
    expect(await fromCache(installers, fakeSearch(folder))).toMatchObject({ path });
  });

  it("reports that it is empty", async () => {
    await expect(fromCache(installers, fakeSearch("/nonexistent"))).rejects.toThrow("nothing in /nonexistent");
  });
});
