import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

test("the watcher prints every saved event, in order per actor, and both processes end", async () => {
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
    "saved version 1 of shop-us",
    "saved version 1 of shop-eu",
  ]);
  const [begin, ...seen] = linesOf("watcher");
  expect(begin).toBe("watching orders.>");
  const wanted = [
    ["order-1 was placed: a lamp", "order-1 was shipped with DHL"],
    ["order-2 was placed: a chair", "order-2 was shipped with UPS"],
    ["the shop in eu has closed"],
    ["the shop in us has closed"],
  ];
  expect([...seen].sort()).toEqual(wanted.flat().sort());
  for (const lines of wanted) expect(seen.filter((line) => lines.includes(line))).toEqual(lines);
});
