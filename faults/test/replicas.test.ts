import { expect, test } from "vitest";
import { compareReplicas } from "../src/cluster/replicas.ts";
import type { StoredContents } from "../src/cluster/stored-contents.ts";

const replica = (server: string, ...digests: number[]): StoredContents => ({ server, digests, byActor: new Map() });

test("replicas that hold the same, in the same order, are alike", () => {
  const all = [replica("n1", 1, 2, 3), replica("n2", 1, 2, 3)];
  expect(compareReplicas(all)).toEqual({ fullest: all[0], behind: 0, violations: [] });
});

test("one that has the beginning only is behind, wherever it stands in the list", () => {
  const all = [replica("n1", 1, 2), replica("n2", 1, 2, 3), replica("n3")];
  expect(compareReplicas(all)).toEqual({ fullest: all[1], behind: 2, violations: [] });
});

test.each([
  { what: "another message", other: [1, 9, 3], at: 2 },
  { what: "a hole", other: [1, 3], at: 2 },
  { what: "another end", other: [1, 2, 9], at: 3 },
])("$what is a violation", ({ other, at }) => {
  const { violations, behind } = compareReplicas([replica("n1", 1, 2, 3), replica("n2", ...other)]) ?? {};
  expect(violations).toEqual([`message ${at} on n2 is not the one on n1`]);
  expect(behind).toBe(0);
});

test("where nothing could be read there is nothing to compare", () => {
  expect(compareReplicas([])).toBeUndefined();
});
