import type { StoreSupports } from "@aether/core";
import { expect, test } from "vitest";
import { storeCases, testEventStore } from "../src/index.ts";
import { referenceDamage } from "./reference-store/reference-storage.ts";
import { ReferenceStore, referenceSupports } from "./reference-store/reference-store.ts";
import { storeUnderTest } from "./store-mutants/mutant.ts";

/** The paths of the registered tests. */
function registered(supports: StoreSupports, damage = referenceDamage): readonly string[] {
  const path: string[] = [];
  const tests: string[] = [];
  testEventStore({
    ...storeUnderTest(ReferenceStore),
    name: "Store",
    supports,
    damage,
    describe: (name, body) => {
      path.push(name);
      body();
      path.pop();
    },
    test: (name) => {
      tests.push([...path, name].join(" / "));
    },
  });
  return tests;
}

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

test("leaves out the cases that need a missing damage hook", () => {
  expect(registered(referenceSupports, {})).toEqual(titles(({ needsDamage }) => needsDamage === undefined));
});

test("registers more than 50 cases for a store without capabilities", () => {
  expect(registered({ durable: false, shared: false }).length).toBeGreaterThan(50);
});
