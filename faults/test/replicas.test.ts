import { expect, test } from "vitest";
import type { StoredContents } from "../src/cluster/read-replicas.ts";
import { compareReplicas } from "../src/cluster/replicas.ts";

const replica = (server: string, ...digests: number[]): StoredContents => ({
  server,
  digests,
  byActor: new Map(),
  commits: [],
});

test("replicas with the same messages in the same order are equal", () => {
  const all = [replica("n1", 1, 2, 3), replica("n2", 1, 2, 3)];
  expect(compareReplicas(all)).toEqual({ fullest: all[0], catchingUp: 0, violations: [] });
});

test("a replica with only the first messages is catching up, regardless of its position in the list", () => {
  const all = [replica("n1", 1, 2), replica("n2", 1, 2, 3), replica("n3")];
  expect(compareReplicas(all)).toEqual({ fullest: all[1], catchingUp: 2, violations: [] });
});

test.each([
  { difference: "a different message", other: [1, 9, 3], at: 2 },
  { difference: "a missing message", other: [1, 3], at: 2 },
  { difference: "a different last message", other: [1, 2, 9], at: 3 },
])("$difference is a violation", ({ other, at }) => {
  const { violations, catchingUp } = compareReplicas([replica("n1", 1, 2, 3), replica("n2", ...other)]) ?? {};
  expect(violations).toEqual([`message ${at} differs between n2 and n1`]);
  expect(catchingUp).toBe(0);
});

test("without replicas there is no comparison", () => {
  expect(compareReplicas([])).toBeUndefined();
});
