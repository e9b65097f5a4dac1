import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Compiles the example, its dependencies and the suite, once, before all tests. */
export default function build(): void {
  const example = dirname(import.meta.dirname);
  const folders = [example, join(example, "../../packages/conformance")];
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-b", ...folders], { stdio: "inherit" });
}
