import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ConformanceError,
  type DocumentCase,
  documentCaseApplies,
  documentCases,
  runDocumentCase,
} from "../src/index.ts";
import { documentMutants } from "./document-mutants/index.ts";
import { documentStoreUnderTest } from "./document-mutants/mutant.ts";
import { ReferenceDocumentStore } from "./reference-documents/reference-document-store.ts";

const titleOf = ({ group, name }: DocumentCase): string => `${group}: ${name}`;
const caseOf = new Map(documentCases.map((one) => [titleOf(one), one]));

// Some mutants cause unhandled rejections. The cases report them, so the test runner must not report them again.
const listenersOfRunner = process.listeners("unhandledRejection");
beforeAll(() => void process.removeAllListeners("unhandledRejection"));
afterAll(() => {
  for (const listener of listenersOfRunner) process.on("unhandledRejection", listener);
});

test("titles of cases and names of mutants are unique", () => {
  expect(caseOf.size).toBe(documentCases.length);
  expect(new Set(documentMutants.map(({ name }) => name)).size).toBe(documentMutants.length);
});

test("every case has a mutant that it must catch", () => {
  const catching = new Set(documentMutants.flatMap(({ caughtBy }) => caughtBy));
  expect([...catching].sort()).toEqual([...caseOf.keys()].sort());
});

describe("the reference store passes", () => {
  test.each([...caseOf])("%s", async (_, one) => {
    const store = documentStoreUnderTest(ReferenceDocumentStore);
    if (documentCaseApplies(one, store)) await runDocumentCase(store, one);
    else expect(one.group).toBe("none: every case applies to the reference store");
  });
});

describe.each(documentMutants)("a document store that $name", ({ caughtBy, store }) => {
  test.each(caughtBy)("is caught by %s", async (title) => {
    const one = caseOf.get(title);
    if (one === undefined) throw new Error(`unknown case: ${title}`);
    expect(documentCaseApplies(one, store)).toBe(true);
    await expect(runDocumentCase(store, one)).rejects.toBeInstanceOf(ConformanceError);
  });
});
