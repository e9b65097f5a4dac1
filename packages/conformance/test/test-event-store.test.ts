import type { StoreSupports } from "@aether/core";
import { expect, test } from "vitest";
import { type StoreUnderTest, storeCases, testEventStore } from "../src/index.ts";
import type { ReferenceStorage } from "./reference-store/reference-storage.ts";
import { ReferenceStore, referenceSupports } from "./reference-store/reference-store.ts";
import { storeUnderTest } from "./store-mutants/mutant.ts";

interface Registered {
  /** The paths of the tests that run. */
  readonly tests: readonly string[];
  /** The paths of the tests that are skipped. */
  readonly skipped: readonly string[];
}

function register(more: Partial<StoreUnderTest<ReferenceStorage>>, canSkip = true): Registered {
  const path: string[] = [];
  const tests: string[] = [];
  const skipped: string[] = [];
  const test = (name: string) => void tests.push([...path, name].join(" / "));
  testEventStore({
    ...storeUnderTest(ReferenceStore),
    ...more,
    name: "Store",
    describe: (name, body) => {
      path.push(name);
      body();
      path.pop();
    },
    test: canSkip
      ? Object.assign(test, { skip: (name: string) => void skipped.push([...path, name].join(" / ")) })
      : test,
  });
  return { tests, skipped };
}

const registered = (supports: StoreSupports): readonly string[] => register({ supports }).tests;

const titles = (needed: (one: (typeof storeCases)[number]) => boolean): readonly string[] =>
  storeCases
    .filter(needed)
    .map(({ group, name }) => `Store fulfills the contract of event stores / ${group} / ${name}`);

test("registers every case in its group for a store with all capabilities", () => {
  expect(registered(referenceSupports)).toEqual(titles(() => true));
});

test("leaves out the cases that need an undeclared capability", () => {
  expect(registered({ durable: false, shared: false })).toEqual(titles(({ needs }) => needs.length === 0));
  const supports = { batch: true, durable: true, shared: false };
  expect(registered(supports)).toEqual(
    titles(({ needs }) => needs.every((need) => need === "batch" || need === "durable")),
  );
});

test("skips the cases that need a missing hook, and reports the reason", () => {
  const { tests, skipped } = register({ damage: {}, hold: undefined, openWithBus: undefined });
  const hooks = ({ needsDamage, needsHook }: (typeof storeCases)[number]) =>
    needsHook ?? (needsDamage && `damage.${needsDamage}`);
  expect(tests).toEqual(titles((one) => hooks(one) === undefined));
  const reasons = storeCases.flatMap((one) => {
    const hook = hooks(one);
    return hook === undefined ? [] : [`${one.name} (skipped: the hook ${hook} is missing)`];
  });
  expect(new Set(skipped.map((path) => path.split(" / ")[2]))).toEqual(new Set(reasons));
  expect(skipped).toHaveLength(reasons.length);
  expect(reasons.length).toBeGreaterThan(10);
});

test("leaves out the cases that need a missing hook if the test runner cannot skip tests", () => {
  const { tests, skipped } = register({ damage: {}, hold: undefined, openWithBus: undefined }, false);
  const needsNone = titles(({ needsDamage, needsHook }) => needsDamage === undefined && needsHook === undefined);
  expect([tests, skipped]).toEqual([needsNone, []]);
});

test("registers more than 50 cases for a store without capabilities", () => {
  expect(registered({ durable: false, shared: false }).length).toBeGreaterThan(50);
});
