import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applies, ConformanceError, runStoreCase, type StoreCase, storeCases } from "../src/index.ts";
import { ReferenceStore } from "./reference-store/reference-store.ts";
import { mutants } from "./store-mutants/index.ts";
import { storeUnderTest } from "./store-mutants/mutant.ts";

const titleOf = ({ group, name }: StoreCase): string => `${group}: ${name}`;
const caseOf = new Map(storeCases.map((one) => [titleOf(one), one]));

// Some mutants cause unhandled rejections. The cases report them, so the test runner must not report them again.
const listenersOfRunner = process.listeners("unhandledRejection");
beforeAll(() => void process.removeAllListeners("unhandledRejection"));
afterAll(() => {
  for (const listener of listenersOfRunner) process.on("unhandledRejection", listener);
});

test("titles of cases and names of mutants are unique", () => {
  expect(caseOf.size).toBe(storeCases.length);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

test("every case has a mutant that it must catch", () => {
  const catching = new Set(mutants.flatMap(({ caughtBy }) => caughtBy));
  expect([...catching].sort()).toEqual([...caseOf.keys()].sort());
});

describe("the reference store passes", () => {
  test.each([...caseOf])("%s", async (_, one) => {
    const store = storeUnderTest(ReferenceStore);
    if (applies(one, store)) await runStoreCase(store, one);
    else expect(one.group).toBe("none: every case applies to the reference store");
  });
});

describe.each(mutants)("a store that $name", ({ caughtBy, store }) => {
  test.each(caughtBy)("is caught by %s", async (title) => {
    const one = caseOf.get(title);
    if (one === undefined) throw new Error(`unknown case: ${title}`);
    expect(applies(one, store)).toBe(true);
    await expect(runStoreCase(store, one)).rejects.toBeInstanceOf(ConformanceError);
  });
});
