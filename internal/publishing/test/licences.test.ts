import { expect, test } from "vitest";
import { faultsOfLicences } from "../src/pack/licences.ts";

test("only permissive licences may come, and one that nobody states is none", () => {
  const faults = faultsOfLicences([
    { name: "free", license: "MIT" },
    { name: "shared-alike", license: "GPL-3.0" },
    { name: "silent", license: "undefined" },
  ]);
  expect(faults).toEqual([
    "brings shared-alike, whose licence is GPL-3.0",
    "brings silent, whose licence is undefined",
  ]);
});
