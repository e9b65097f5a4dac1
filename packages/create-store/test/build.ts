import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Builds this package and the packages that a new project installs, once before all tests. */
export default function build(): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const packages = join(import.meta.dirname, "../..");
  const built = ["core", "store-kit", "conformance", "create-store"].map((name) => join(packages, name));
  execFileSync(process.execPath, [tsc, "-b", ...built], { stdio: "inherit" });
}
