import { PatternIndex } from "@aether/bus-kit";
import type { Comparison } from "../measure.ts";
import type { Sizes } from "../suite.ts";

const PATTERNS = 10_000;

/** Finding the patterns that match a namespace among 10,000 patterns. */
export function matchRow({ quick, repetitions }: Sizes): Comparison {
  const patterns = Array.from({ length: PATTERNS }, (_, index) => {
    const tenant = `tenant-${index >> 2}`;
    return (
      [`${tenant}.orders.created`, `${tenant}.orders.*`, `${tenant}.>`, `*.invoices.item-${index}`][index % 4] ?? ""
    );
  });
  const namespaces = Array.from({ length: 1_000 }, (_, index) => `tenant-${index * 2}.orders.created`);
  const index = new PatternIndex<{ readonly pattern: string }>();
  for (const pattern of patterns) index.set(pattern, { pattern });
  const tokens = patterns.map((pattern) => pattern.split("."));
  const rounds = quick ? 10 : 200;
  const scans = quick ? 10 : 100;
  // Each namespace matches three patterns.
  const check = (found: number, times: number): number => {
    if (found !== 3 * times) throw new Error(`${found} patterns matched ${times} times, not 3 each`);
    return times;
  };
  return {
    name: "match a namespace against 10,000 patterns",
    against: "a linear scan",
    unit: "namespaces/s",
    goal: 50,
    repetitions,
    ours: {
      run: async () => {
        let found = 0;
        for (let round = 0; round < rounds; round++) {
          for (const namespace of namespaces) found += index.match(namespace).length;
        }
        return check(found, rounds * namespaces.length);
      },
    },
    baseline: {
      run: async () => {
        let found = 0;
        for (const namespace of namespaces.slice(0, scans)) {
          const wanted = namespace.split(".");
          for (const pattern of tokens) if (matches(pattern, wanted)) found++;
        }
        return check(found, scans);
      },
    },
  };
}

function matches(pattern: readonly string[], namespace: readonly string[]): boolean {
  for (let index = 0; index < pattern.length; index++) {
    if (pattern[index] === ">") return namespace.length > index;
    if (index >= namespace.length || (pattern[index] !== "*" && pattern[index] !== namespace[index])) return false;
  }
  return pattern.length === namespace.length;
}
