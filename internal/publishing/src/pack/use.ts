import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { run } from "../workspaces/run.ts";

const { resolve } = createRequire(import.meta.url);
const ofApiExtractor = createRequire(resolve("@microsoft/api-extractor"));

/** The native compiler of the project, and an older compiler in JavaScript, which is a dependency of API Extractor. */
const compilers = [resolve, ofApiExtractor.resolve].map((from) =>
  join(dirname(from("typescript/package.json")), "bin", "tsc"),
);

/**
 * Loads a package with `import` and `require`. @throws {Error} it has no exports, or the two ways load different ones
 */
export async function importBothWays(name: string, folder: string): Promise<void> {
  const print = "console.log(Object.keys(api).sort().join())";
  const esm = ["--input-type=module", "--eval", `import * as api from "${name}"; ${print}`];
  const cjs = ["--input-type=commonjs", "--eval", `const api = require("${name}"); ${print}`];
  const [imported, required] = await Promise.all(
    [esm, cjs].map((args) => run(process.execPath, args, { cwd: folder })),
  );
  if (imported?.trim() === "") throw new Error("the package has no exports");
  if (imported !== required) throw new Error(`import loads ${imported}, but require loads ${required}`);
}

/** Compiler options of an application with all checks, without the types of Node.js and with the library of ES2022. */
const strict = {
  target: "es2022",
  lib: ["es2022", "dom"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  declaration: true,
  noEmit: true,
};

const consumers = {
  nodenext: { compilerOptions: { ...strict, module: "nodenext" }, files: ["module.mts", "common.cts"] },
  bundler: {
    compilerOptions: { ...strict, module: "esnext", moduleResolution: "bundler" },
    files: ["module.mts"],
  },
};

/** Compiles small programs that import a package. @throws {Error} the message contains the compiler's output */
export async function compileConsumers(name: string, folder: string): Promise<void> {
  const consumer = join(folder, "consumer");
  await mkdir(consumer);
  const module = `import * as api from "${name}";\nexport * from "${name}";\nexport const all: typeof api = api;\n`;
  await writeFile(join(consumer, "module.mts"), module);
  await writeFile(join(consumer, "common.cts"), `import api = require("${name}");\nexport = api;\n`);
  for (const [resolution, config] of Object.entries(consumers)) {
    const project = join(consumer, `tsconfig.${resolution}.json`);
    await writeFile(project, JSON.stringify(config));
    for (const compiler of compilers) await run(process.execPath, [compiler, "-p", project]);
  }
}
