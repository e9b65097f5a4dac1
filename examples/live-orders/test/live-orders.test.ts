import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

test("the watcher sees what the saver saved, in its order, and both end", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main]);
  const linesOf = (name: string): readonly string[] =>
    stdout
      .split("\n")
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2));
  expect(stderr).toBe("");
  expect(linesOf("saver")).toEqual([
    "saved version 1 of order-1",
    "saved version 1 of order-2",
    "saved version 2 of order-2",
    "saved version 2 of order-1",
    "saved version 1 of shop-eu",
  ]);
  expect(linesOf("watcher")).toEqual([
    "watching orders.>",
    "order-1 was placed: a lamp",
    "order-2 was placed: a chair",
    "order-2 was shipped with UPS",
    "order-1 was shipped with DHL",
    "the shop in eu has closed",
  ]);
});
