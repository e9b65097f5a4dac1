import fc from "fast-check";
import { expect, test } from "vitest";
import { differences, parseTable, printTable, type Row } from "../src/pack/installs-table.ts";

const store: Row = {
  name: "@aether/store",
  installs: ["@aether/core", "uuid"],
  unpackedBytes: 90_000,
  minifiedBytes: 9000,
};
const command: Row = { name: "create-store", installs: [], unpackedBytes: 4000, minifiedBytes: undefined };

test("a printed table is read back with a precision of 0.1 kB", () => {
  expect(parseTable(printTable([store, command]))).toEqual([store, command]);
  const bytes = fc.integer({ min: 0, max: 9_999 }).map((hundreds) => hundreds * 100);
  const row = fc.record({
    name: fc.stringMatching(/^@[a-z]+\/[a-z-]+$/),
    installs: fc.array(fc.stringMatching(/^[a-z][a-z.-]*$/).filter((name) => name !== "nothing")),
    unpackedBytes: bytes,
    minifiedBytes: fc.option(bytes, { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      expect(differences(parseTable(printTable(rows)), rows)).toEqual([]);
      expect(parseTable(printTable(rows))).toHaveLength(rows.length);
    }),
  );
});

test.each([
  [
    "one more package is installed",
    { ...store, installs: ["@aether/core", "left-pad", "uuid"] },
    "installs @aether/core, left-pad",
  ],
  ["one package fewer is installed", { ...store, installs: [] }, "installs nothing"],
  ["the size grew by more than a tenth", { ...store, unpackedBytes: 99_100 }, "unpacked size is 99.1 kB"],
  ["the size shrank by more than a tenth", { ...store, unpackedBytes: 80_000 }, "the table says 90.0 kB"],
  [
    "the minified size grew by more than two kilobytes",
    { ...store, minifiedBytes: 11_001 },
    "minified size is 11.0 kB",
  ],
])("it is a difference if %s", (_, row, complaint) => {
  expect(differences([store], [row])).toEqual([expect.stringContaining(complaint)]);
});

test("small changes do not count", () => {
  expect(differences([store], [{ ...store, unpackedBytes: 98_900, minifiedBytes: 10_900 }])).toEqual([]);
});

test("it is a difference if a package is new or removed", () => {
  expect(differences([store], [store, command])).toEqual(["create-store: is not in the table"]);
  expect(differences([store, command], [store])).toEqual(["create-store: is in the table, but not published"]);
});
