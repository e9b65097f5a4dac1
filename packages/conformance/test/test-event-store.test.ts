import type { StoreSupports } from "@aether/core";
import { expect, test } from "vitest";
import { storeCases, testEventStore } from "../src/index.ts";
import { ReferenceStore, referenceSupports, shelfDamage } from "./reference-store.ts";
import { referencePlaces } from "./store-mutants/mutant.ts";

/** What is registered with the runner, as paths. */
function registered(supports: StoreSupports, damage = shelfDamage): readonly string[] {
  const path: string[] = [];
  const tests: string[] = [];
  testEventStore({
    ...referencePlaces(ReferenceStore),
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
  storeCases.filter(needed).map(({ theme, name }) => `Store keeps the contract of event stores / ${theme} / ${name}`);

test("every case is registered under its theme for a store that can everything", () => {
  expect(registered(referenceSupports)).toEqual(titles(() => true));
});

test("cases of what is not declared are left out", () => {
  expect(registered({ durable: false, shared: false })).toEqual(titles(({ needs }) => needs.length === 0));
  const supports = { batch: true, durable: true, shared: false };
  expect(registered(supports)).toEqual(
    titles(({ needs }) => needs.every((need) => need === "batch" || need === "durable")),
  );
});

test("cases of damage that cannot be done are left out", () => {
  expect(registered(referenceSupports, {})).toEqual(titles(({ needsDamage }) => needsDamage === undefined));
});

test("a store that can nothing but the least is tested all the same", () => {
  expect(registered({ durable: false, shared: false }).length).toBeGreaterThan(50);
});
