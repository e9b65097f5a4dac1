import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BusCase, busCases, ConformanceError, runBusCase } from "../src/index.ts";
import { busMutants } from "./bus-mutants/index.ts";
import { busUnderTest } from "./bus-mutants/mutant.ts";
import { ReferenceBus } from "./reference-bus/reference-bus.ts";

const titleOf = ({ group, name }: BusCase): string => `${group}: ${name}`;
const caseOf = new Map(busCases.map((one) => [titleOf(one), one]));

test("titles of cases and names of mutants are unique", () => {
  expect(caseOf.size).toBe(busCases.length);
  expect(new Set(busMutants.map(({ name }) => name)).size).toBe(busMutants.length);
});

test("every case has a mutant that it must catch", () => {
  const catching = new Set(busMutants.flatMap(({ caughtBy }) => caughtBy));
  expect([...catching].sort()).toEqual([...caseOf.keys()].sort());
});

describe.each(["one bus", "two buses"] as const)("the reference bus passes, with %s", (setup) => {
  const applicable = [...caseOf].filter(([, { setups }]) => setups.includes(setup));
  test.each(applicable)("%s", (_, one) => runBusCase(busUnderTest(ReferenceBus), one, setup));
});

// Some mutants cause unhandled rejections. The cases report them, so the test runner must not report them again.
const listenersOfRunner = process.listeners("unhandledRejection");
beforeAll(() => void process.removeAllListeners("unhandledRejection"));
afterAll(() => {
  for (const listener of listenersOfRunner) process.on("unhandledRejection", listener);
});

describe.each(busMutants)("a bus that $name", ({ caughtBy, bus }) => {
  test.each(caughtBy)("is caught by %s", async (title) => {
    const one = caseOf.get(title);
    if (one === undefined) throw new Error(`unknown case: ${title}`);
    const outcomes = await Promise.allSettled(one.setups.map((setup) => runBusCase(bus, one, setup)));
    const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    for (const failure of failures) expect(failure).toBeInstanceOf(ConformanceError);
    expect(failures).not.toEqual([]);
  });
});
