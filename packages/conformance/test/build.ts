import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Compiles the package and the kit that the stores of the processes use, once, before all tests. */
export default function build(): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const packages = [dirname(import.meta.dirname), join(dirname(import.meta.dirname), "../store-kit")];
  execFileSync(process.execPath, [tsc, "-b", ...packages], { stdio: "inherit" });
}
