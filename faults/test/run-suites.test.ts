import { expect, test } from "vitest";
import { runSuites } from "../src/run-suites.ts";
import type { Suite, SuiteContext, SuiteResult } from "../src/suite.ts";

const options = { budgetMs: 1_000, isLong: false, seed: 7, signal: new AbortController().signal, log: () => {} };

test("each suite receives its share of the time, and the seed", async () => {
  const seen: SuiteContext[] = [];
  const suite = (name: string, share: number): Suite => ({
    name,
    share,
    minimums: {},
    run: async (context) => {
      seen.push(context);
      return { name, violations: [], figures: { events: share } };
    },
  });
  const results = await runSuites([suite("a", 3), suite("b", 1)], options);
  expect(seen.map(({ budgetMs, seed }) => ({ budgetMs, seed }))).toEqual([
    { budgetMs: 750, seed: 7 },
    { budgetMs: 250, seed: 7 },
  ]);
  expect(results.map(({ name, violations }) => ({ name, violations }))).toEqual([
    { name: "a", violations: [] },
    { name: "b", violations: [] },
  ]);
});

const succeed = async (): Promise<SuiteResult> => ({ name: "working", violations: [], figures: { events: 3 } });

test("in a long run a suite receives its minimums, and leaves its unused time to later suites", async () => {
  const seen: SuiteContext[] = [];
  const suite: Suite = {
    name: "working",
    share: 1,
    minimums: { events: 4 },
    run: (context) => {
      seen.push(context);
      return succeed();
    },
  };
  const [first] = await runSuites([suite, suite], { ...options, isLong: true });
  expect(first?.goals).toEqual([{ figure: "events", minimum: 4, reached: 3 }]);
  expect(seen.map(({ minimums }) => minimums)).toEqual([{ events: 4 }, { events: 4 }]);
  expect(seen[0]?.budgetMs).toBe(500);
  expect(seen[1]?.budgetMs).toBeGreaterThan(900);
});

test("a suite that cannot run is a violation, and the other suites still run", async () => {
  const broken: Suite = { name: "broken", share: 1, minimums: {}, run: () => Promise.reject(new Error("no server")) };
  const working: Suite = { name: "working", share: 1, minimums: {}, run: succeed };
  const [first, second] = await runSuites([broken, working], options);
  expect(first?.violations).toEqual([expect.stringContaining("no server")]);
  expect(second?.violations).toEqual([]);
});

test("no suite starts after an abort", async () => {
  const never: Suite = { name: "never", share: 1, minimums: {}, run: () => Promise.reject(new Error("it ran")) };
  expect(await runSuites([never], { ...options, signal: AbortSignal.abort() })).toEqual([]);
});
