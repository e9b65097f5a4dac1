// Reads the output of `npm test` and fails unless the suite of every workspace ran completely and passed.
// The last line of its own output is the total: "N passed, N failed".
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
const lines = readFileSync(process.argv[2], "utf8").replace(colours, "").split("\n");

const { stdout } = spawnSync("npm", ["query", ".workspace"], { cwd: root, encoding: "utf8" });
const workspaces = JSON.parse(stdout).map(({ name }) => name);

let [passed, failed, incomplete] = [0, 0, 0];
for (const name of workspaces) {
  const summary = lines.find((line) => line.startsWith(`${name}:test:`) && /\bTests {2}/.test(line)) ?? "";
  const count = (result) => Number(new RegExp(`(\\d+) ${result}`).exec(summary)?.[1] ?? 0);
  passed += count("passed");
  failed += count("failed");
  // A case whose hook is missing, or whose server is too old, is skipped with its reason. A whole file must not be.
  const files = lines.find((line) => line.startsWith(`${name}:test:`) && /\bTest Files {2}/.test(line)) ?? "";
  const isComplete = count("passed") > 0 && count("failed") + count("todo") === 0 && !files.includes("skipped");
  if (!isComplete) incomplete++;
  console.log(
    `${isComplete ? "complete" : "INCOMPLETE"}: ${name} (${summary.split("Tests ")[1]?.trim() ?? "did not run"})`,
  );
}
console.log(`${passed} passed, ${failed} failed`);
if (incomplete > 0) process.exit(1);
