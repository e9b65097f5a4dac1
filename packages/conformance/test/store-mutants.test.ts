import { describe, expect, test } from "vitest";
import { applies, ConformanceError, runStoreCase, type StoreCase, storeCases } from "../src/index.ts";
import { ReferenceStore } from "./reference-store.ts";
import { mutants } from "./store-mutants/index.ts";
import { referencePlaces } from "./store-mutants/mutant.ts";

const titleOf = ({ theme, name }: StoreCase): string => `${theme}: ${name}`;
const caseOf = new Map(storeCases.map((one) => [titleOf(one), one]));

test("no two cases have one title, no two mutants one name", () => {
  expect(caseOf.size).toBe(storeCases.length);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

test("every case can fail: there is a mutant that it must catch", () => {
  const catching = new Set(mutants.flatMap(({ caughtBy }) => caughtBy));
  expect([...catching].sort()).toEqual([...caseOf.keys()].sort());
});

describe("the correct store passes", () => {
  test.each([...caseOf])("%s", async (_, one) => {
    const places = referencePlaces(ReferenceStore);
    if (applies(one, places)) await runStoreCase(places, one);
    else expect(one.theme).toBe("none: every case applies to the reference store");
  });
});

describe.each(mutants)("a store that $name", ({ caughtBy, places }) => {
  test.each(caughtBy)("is caught by %s", async (title) => {
    const one = caseOf.get(title);
    if (one === undefined) throw new Error(`there is no case ${title}`);
    expect(applies(one, places)).toBe(true);
    await expect(runStoreCase(places, one)).rejects.toBeInstanceOf(ConformanceError);
  });
});
