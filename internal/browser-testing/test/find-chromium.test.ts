import { describe, expect, test } from "vitest";
import { chromiumForTests } from "../src/chromium-for-tests.ts";
import { ensureChromium } from "../src/find/ensure-chromium.ts";
import { ChromiumNotFoundError, findChromium } from "../src/find/find-chromium.ts";
import type { Machine } from "../src/find/machine.ts";

/** A Linux machine with the given programs. `apt-get install` adds a Chromium unless `act` fails. */
function machine(programs: readonly string[], changes: Partial<Machine> = {}, act = (_command: string): void => {}) {
  const present = new Set(programs);
  const said: string[] = [];
  const commands: string[] = [];
  const fake: Machine = {
    env: { PATH: "/home/me/bin:/usr/bin" },
    platform: "linux",
    isRoot: true,
    isProgram: (path) => present.has(path),
    read: (path) => (path === "/etc/os-release" ? 'NAME="Debian"\nID=debian\n' : ""),
    run: async (...words) => {
      const command = words.join(" ");
      commands.push(command);
      act(command);
      if (command.startsWith("apt-get install")) present.add("/usr/bin/chromium");
      return "";
    },
    say: (line) => said.push(line),
    ...changes,
  };
  return { ...fake, said, commands };
}

describe("findChromium", () => {
  test("prefers CHROMIUM_BIN, then PATH, then the usual folders", () => {
    const programs = ["/opt/chrome", "/home/me/bin/google-chrome", "/snap/bin/chromium"];
    expect(findChromium(machine(programs, { env: { CHROMIUM_BIN: "/opt/chrome" } }))).toBe("/opt/chrome");
    expect(findChromium(machine(programs))).toBe("/home/me/bin/google-chrome");
    expect(findChromium(machine(programs, { env: {} }))).toBe("/snap/bin/chromium");
  });

  test("finds Chrome in the folder of applications of macOS and of Windows", () => {
    const mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    expect(findChromium(machine([mac], { platform: "darwin" }))).toBe(mac);
    const windows = "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe";
    expect(findChromium(machine([windows], { platform: "win32" }))).toBe(windows);
  });

  test("throws if there is none, and if CHROMIUM_BIN names no program", () => {
    expect(() => findChromium(machine([]))).toThrow(/apt-get install chromium/);
    const wrong = machine(["/usr/bin/chromium"], { env: { CHROMIUM_BIN: "/missing" } });
    expect(() => findChromium(wrong)).toThrow(ChromiumNotFoundError);
  });
});

describe("ensureChromium", () => {
  test("checks that the Chromium that it finds runs, and installs nothing", async () => {
    const found = machine(["/usr/bin/chromium"]);
    expect(await ensureChromium(found)).toBe("/usr/bin/chromium");
    expect(found.commands).toEqual(["/usr/bin/chromium --version"]);
  });

  test("installs Debian's package as root, and updates the package lists only if they are outdated", async () => {
    const install = "apt-get install --yes --no-install-recommends chromium";
    const current = machine([]);
    expect(await ensureChromium(current)).toBe("/usr/bin/chromium");
    expect(current.commands).toEqual([install, "/usr/bin/chromium --version"]);
    expect(current.said).toHaveLength(1);

    let isOutdated = true;
    const outdated = machine([], {}, (command) => {
      if (command === "apt-get update") isOutdated = false;
      if (command === install && isOutdated) throw new Error("no such package");
    });
    await ensureChromium(outdated);
    expect(outdated.commands.slice(0, 3)).toEqual([install, "apt-get update", install]);
  });

  test.each([
    ["another user than root", { isRoot: false }],
    ["Ubuntu, whose package is a snap", { read: () => "ID=ubuntu\nID_LIKE=debian\n" }],
    ["macOS", { platform: "darwin" as const }],
    ["a wrong CHROMIUM_BIN", { env: { CHROMIUM_BIN: "/missing" } }],
  ])("installs nothing for %s", async (_, changes) => {
    const other = machine([], changes);
    await expect(ensureChromium(other)).rejects.toThrow(ChromiumNotFoundError);
    expect(other.commands).toEqual([]);
  });
});

describe("chromiumForTests", () => {
  test.each([{}, { CI: "" }, { CI: "false" }])("says that tests are skipped if there is none: %o", (env) => {
    const none = machine([], { env });
    expect(chromiumForTests(none)).toBeUndefined();
    expect(none.said.join()).toContain("browser tests are skipped");
  });

  test.each([{ CI: "true" }, { CI: "1" }, { CHROMIUM_BIN: "/missing" }])("throws if there is none: %o", (env) => {
    expect(() => chromiumForTests(machine([], { env }))).toThrow(ChromiumNotFoundError);
  });
});
