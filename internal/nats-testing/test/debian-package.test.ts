import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unpackDebianPackage } from "../src/find/installers.ts";
import { fakeSearch, scriptedRun, writeFakeServer } from "./support/fake-search.ts";
import { tempFolder } from "./support/temp-folder.ts";

/** Imitates apt and dpkg on a system whose package lists may be outdated. */
function debian(listsAreStale = false) {
  let stale = listsAreStale;
  return scriptedRun(async (command, { cwd = "" }) => {
    if (command === "apt-get update") stale = false;
    if (command === "apt-get download nats-server") {
      if (stale) throw new Error("E: Unable to locate package nats-server");
      await writeFile(join(cwd, "nats-server_2.9.10-1_amd64.deb"), "");
    }
    if (command.startsWith("dpkg-deb -x")) await writeFakeServer(join(cwd, "package", "usr", "sbin", "nats-server"));
    return "";
  });
}

describe("unpackDebianPackage", () => {
  it("downloads the package and unpacks it in the folder", async () => {
    const folder = await tempFolder();
    const { run, commands } = debian();
    const search = fakeSearch("/nonexistent", { run, isRoot: true });
    expect(await unpackDebianPackage.install(folder, search)).toBe(join(folder, "package/usr/sbin/nats-server"));
    expect(commands.slice(2)).toEqual([
      "apt-get download nats-server",
      "dpkg-deb -x nats-server_2.9.10-1_amd64.deb package",
    ]);
    expect(search.said).toHaveLength(1);
  });

  it("updates the package lists only if they lack the package, as root", async () => {
    const { run, commands } = debian(true);
    await unpackDebianPackage.install(await tempFolder(), fakeSearch("/nonexistent", { run, isRoot: true }));
    expect(commands.slice(2, 5)).toEqual([
      "apt-get download nats-server",
      "apt-get update",
      "apt-get download nats-server",
    ]);
  });

  it("fails if they lack the package and the user may not update them", async () => {
    const { run, commands } = debian(true);
    const installing = unpackDebianPackage.install(await tempFolder(), fakeSearch("/nonexistent", { run }));
    await expect(installing).rejects.toThrow("Unable to locate package nats-server");
    expect(commands).not.toContain("apt-get update");
  });

  it("prints nothing if there is no apt", async () => {
    const { run } = scriptedRun((command) => Promise.reject(new Error(`${command}: no such program`)));
    const search = fakeSearch("/nonexistent", { run });
    await expect(unpackDebianPackage.install("/into", search)).rejects.toThrow("dpkg-deb --version: no such program");
    await expect(unpackDebianPackage.install("/into", { ...search, platform: "darwin" })).rejects.toThrow("no apt");
    expect(search.said).toEqual([]);
  });
});
