import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

test("the watcher counts every order once, although it was killed and 10,000 orders came meanwhile", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main]);
  expect(stderr).toBe("");
  const lines = stdout.trimEnd().split("\n");
  expect(lines.filter((line) => !line.startsWith("watcher: Ada") && !line.startsWith("watcher: Ben"))).toEqual([
    "watcher: begins with the first event",
    "watcher: no orders",
    "saver: saved 3 events",
    "the watcher was killed",
    "saver: saved 10,000 events",
    "watcher: continues",
    "saver: saved 2 events",
    "watcher: the shop has closed: Ada: 10001, Ben: 2",
  ]);
  const [killed, again] = [lines.indexOf("the watcher was killed"), lines.indexOf("watcher: continues")];
  expect(lines.slice(0, killed)).toContain("watcher: Ada: 1, Ben: 1");
  expect(lines.slice(again)).toContain("watcher: Ada: 10001, Ben: 1");
});
