import { join } from "node:path";
import { run } from "@aether/publishing";
import type { Application } from "./application.ts";
import { check } from "./check.ts";
import type { Outcome } from "./table.ts";

/** A program that runs JavaScript. */
interface JavaScriptRuntime {
  readonly name: string;
  readonly version: string;
  readonly executable: string;
  /** Arguments before the path of the program. */
  readonly args: readonly string[];
}

const kinds = {
  node: { title: "Node.js", locate: ["node", "-p", "process.execPath"], args: [] },
  bun: { title: "Bun", locate: ["bun", "-p", "process.execPath"], args: [] },
  deno: {
    title: "Deno",
    locate: ["deno", "eval", "console.log(Deno.execPath())"],
    args: ["run", "--allow-all", "--no-lock"],
  },
};

/** Columns of the table and the arguments of the programs. */
const programs = [
  { column: "memory", args: ["memory"] },
  { column: "SQLite", args: ["sqlite"] },
  { column: "NATS, @nats-io", args: ["nats-io"] },
  { column: "NATS, nats", args: ["nats"] },
  { column: "worker thread", args: ["worker"] },
];

/** Returns true if a target is a JavaScript runtime: `node`, `node@22`, `bun@1.4.5`. */
export function isJavaScriptRuntime(target: string): boolean {
  return Object.keys(kinds).includes(kindOf(target));
}

/** Runs all programs in a runtime, which comes from the npm package of the same name. `node` is the current Node.js. */
export async function checkJavaScript(
  target: string,
  application: Application,
  url: string,
): Promise<readonly Outcome[]> {
  const { name, version, executable, args } = await find(target, application.folder);
  const row = `${name} ${version}`;
  const runProgram = (file: string, ...rest: readonly string[]): Promise<string> =>
    run(executable, [...args, join(application.folder, "programs", file), ...rest], {
      cwd: application.folder,
      timeoutMs: 60_000,
    });
  const outcomes: Outcome[] = [];
  for (const { column, args } of programs)
    outcomes.push(await check(row, column, () => runProgram("main.js", ...args, url)));
  outcomes.push(await check(row, "require()", () => runProgram("require.cjs")));
  return outcomes;
}

async function find(target: string, folder: string): Promise<JavaScriptRuntime> {
  const { title, locate, args } = kinds[kindOf(target) as keyof typeof kinds];
  if (target === "node") return { name: title, version: process.versions.node, executable: process.execPath, args };
  // npm keeps the package in its cache.
  const located = await run("npm", ["exec", "--yes", `--package=${target}`, "--", ...locate], { cwd: folder });
  const executable = located.trim();
  const [version = "of unknown version"] = /\d+\.\d+\.\d+/.exec(await run(executable, ["--version"])) ?? [];
  return { name: title, version, executable, args };
}

function kindOf(target: string): string {
  return target.replace(/@.*/, "");
}
