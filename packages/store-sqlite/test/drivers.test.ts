import { expect, test } from "vitest";
import { drivers } from "./support/drivers.ts";

test("the tests use every driver of this Node.js version, and those in SQLITE_DRIVERS", () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const hasBuiltin = major > 22 || (major === 22 && minor >= 13);
  const required = process.env.SQLITE_DRIVERS?.split(",") ?? [];
  const names = drivers.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["libsql", ...(hasBuiltin ? ["node:sqlite"] : []), ...required]));
});
