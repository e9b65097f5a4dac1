import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { root } from "../../src/repository.ts";

/** The compiler of the project; this workspace has an older one, for TypeDoc. */
export const compiler: string = join(
  dirname(createRequire(join(root, "package.json")).resolve("typescript/package.json")),
  "bin/tsc",
);
