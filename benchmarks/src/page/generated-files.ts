import type { Results } from "../results.ts";
import { suiteNames } from "../suites.ts";
import { benchmarksPage } from "./benchmarks-page.ts";
import { chartsOf, drawn, schemes } from "./charts/index.ts";
import { withSection } from "./markdown.ts";
import { policySection } from "./retry-advice.ts";
import { suiteTexts } from "./texts.ts";

/** Path of the results from which the documentation is generated, relative to the root of the repository. */
export const RESULTS_FILE = "docs/benchmarks/results.json";

const RETRY_README = "packages/retry/README.md";

/** Generates all documentation files that contain results. Returns their contents by path, relative to the root. */
export function generatedFiles(results: Results, read: (path: string) => string): ReadonlyMap<string, string> {
  const files = new Map([["docs/benchmarks.md", benchmarksPage(results)]]);
  for (const name of suiteNames) {
    const section = results[name];
    if (section === undefined) continue;
    for (const chart of chartsOf(name, suiteTexts[name].title, section)) {
      for (const scheme of schemes) files.set(`docs/benchmarks/${chart.file}-${scheme}.svg`, drawn(chart, scheme));
    }
  }
  if (results.retry !== undefined) {
    files.set(RETRY_README, withSection(read(RETRY_README), "measured", policySection(results.retry.contests)));
  }
  return files;
}
