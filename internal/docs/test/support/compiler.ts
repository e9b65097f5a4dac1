import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { root } from "../../src/repository.ts";

/** Path of the project's compiler. This workspace also has an older compiler, which TypeDoc needs. */
export const compiler: string = join(
  dirname(createRequire(join(root, "package.json")).resolve("typescript/package.json")),
  "bin/tsc",
);
