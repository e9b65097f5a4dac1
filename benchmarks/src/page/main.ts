// Generates docs/benchmarks.md, its charts, and a section of the README of @aether/retry. All of them come from
// docs/benchmarks/results.json.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readResults } from "../results.ts";
import { generatedFiles, RESULTS_FILE } from "./generated-files.ts";

const root = join(import.meta.dirname, "../../..");
const files = generatedFiles(readResults(join(root, RESULTS_FILE)), (path) => readFileSync(join(root, path), "utf8"));
for (const [path, content] of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  console.log(path);
}
