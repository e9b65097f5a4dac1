import { describe, expect, test } from "vitest";
import { ConformanceError, type ProjectionCase, projectionCases, runProjectionCase } from "../src/index.ts";
import { projectionMutants } from "./projection-mutants/index.ts";
import { projectionsUnderTest } from "./projection-mutants/mutant.ts";
import { ReferenceProjection } from "./reference-projection/reference-projection.ts";

const titleOf = ({ group, name }: ProjectionCase): string => `${group}: ${name}`;
const caseOf = new Map(projectionCases.map((one) => [titleOf(one), one]));

test("titles of cases and names of mutants are unique", () => {
  expect(caseOf.size).toBe(projectionCases.length);
  expect(new Set(projectionMutants.map(({ name }) => name)).size).toBe(projectionMutants.length);
});

test("every case has a mutant that it must catch", () => {
  const catching = new Set(projectionMutants.flatMap(({ caughtBy }) => caughtBy));
  expect([...catching].sort()).toEqual([...caseOf.keys()].sort());
});

// The cases mostly wait for leases to end.
describe.concurrent.each(["single", "atomic"] as const)("the reference passes, with %s documents", (documents) => {
  test.each([...caseOf])("%s", (_, one) =>
    runProjectionCase(projectionsUnderTest(ReferenceProjection, documents), one),
  );
});

describe.concurrent.each(projectionMutants)("a projection that $name", ({ caughtBy, projections }) => {
  test.each(caughtBy)("is caught by %s", async (title) => {
    const one = caseOf.get(title);
    if (one === undefined) throw new Error(`unknown case: ${title}`);
    await expect(runProjectionCase(projections, one)).rejects.toBeInstanceOf(ConformanceError);
  });
});
