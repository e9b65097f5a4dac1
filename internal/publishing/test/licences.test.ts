import { expect, test } from "vitest";
import { faultsOfLicences } from "../src/pack/licences.ts";

test("only permissive licences are allowed, and a missing licence is not", () => {
  const faults = faultsOfLicences([
    { name: "free", license: "MIT" },
    { name: "shared-alike", license: "GPL-3.0" },
    { name: "silent", license: "undefined" },
  ]);
  expect(faults).toEqual([
    "installs shared-alike, whose licence is GPL-3.0",
    "installs silent, whose licence is undefined",
  ]);
});
