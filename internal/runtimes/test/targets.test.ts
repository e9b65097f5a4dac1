import { expect, test } from "vitest";
import { check } from "../src/check.ts";
import { printTable } from "../src/table.ts";
import { groups, selectTargets } from "../src/targets.ts";

test("all targets are checked by default, each in one group", () => {
  const targets = selectTargets([]);
  expect(targets).toEqual(expect.arrayContaining(["node@22", "node@24", "node@26", "typescript@5.4", "jest"]));
  for (const target of targets) expect(groups.filter(({ includes }) => includes(target))).toHaveLength(1);
});

test("a target can be named with any version, or without one", () => {
  expect(selectTargets(["node", "node@21", "typescript@5.8"])).toEqual(["node", "node@21", "typescript@5.8"]);
  expect(selectTargets(["bun", "deno"])).toEqual([expect.stringMatching(/^bun@\d/), expect.stringMatching(/^deno@\d/)]);
  expect(() => selectTargets(["nodejs"])).toThrow("unknown target: nodejs. Targets: node@20, ");
});

test("the table has a row per runtime and a column per check, with failures", async () => {
  const passed = await check("Node.js 22.1.0", "memory", async () => {});
  const failed = await check("Bun 1.0.0", "SQLite", async () => {
    throw new Error("no such module");
  });
  expect(failed.failure).toBe("no such module");
  expect(printTable([{ ...passed, elapsedMs: 1234 }, failed])).toBe(
    [
      "                memory     SQLite\n",
      "Node.js 22.1.0  ok, 1.2 s  -\n",
      "Bun 1.0.0       -          FAILED\n",
    ].join(""),
  );
});
