import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { repository } from "../src/workspaces/published-packages.ts";

interface Job {
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
  readonly "timeout-minutes"?: number;
}

const folder = join(repository, ".github", "workflows");
const workflows = readdirSync(folder).map((file) => {
  const workflow: { readonly permissions?: object; readonly jobs: Readonly<Record<string, Job>> } = parse(
    readFileSync(join(folder, file), "utf8"),
  );
  return { file, ...workflow, steps: Object.values(workflow.jobs).flatMap(({ steps }) => steps) };
});
const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { scripts: object };

test.each(workflows)("$file has minimal permissions and time limits", ({ permissions, jobs }) => {
  expect([{}, { contents: "read" }]).toContainEqual(permissions);
  for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
});

test.each(workflows)("$file pins its actions and runs only scripts that exist", ({ steps }) => {
  for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
  const named = steps.flatMap(({ run = "" }) => [...run.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name));
  expect(named.filter((name) => !Object.keys(scripts).includes(String(name)))).toEqual([]);
});
