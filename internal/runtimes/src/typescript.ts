import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "@aether/publishing";
import type { Application } from "./application.ts";
import { check } from "./check.ts";
import type { Outcome } from "./table.ts";

const strict = {
  target: "es2022",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  noEmit: true,
};

/**
 * The projects that each compiler compiles. The programs import the NATS clients, whose declarations do not compile
 * with `exactOptionalPropertyTypes`. The other projects also check the declarations of the packages.
 */
const projects = {
  "programs with clients": {
    compilerOptions: {
      ...strict,
      module: "nodenext",
      types: ["node"],
      skipLibCheck: true,
      allowImportingTsExtensions: true,
    },
    include: ["../source"],
  },
  "declarations, nodenext": {
    compilerOptions: { ...strict, module: "nodenext", lib: ["es2022"], types: ["node"], skipLibCheck: false },
    files: ["all.ts"],
  },
  "declarations, bundler": {
    compilerOptions: {
      ...strict,
      module: "esnext",
      moduleResolution: "bundler",
      lib: ["es2022", "dom"],
      types: [],
      skipLibCheck: false,
    },
    files: ["all.ts"],
  },
};

/** Compiles the programs, and a module that imports all packages, with a version of TypeScript: `typescript@5.4`. */
export async function checkTypeScript(target: string, application: Application): Promise<readonly Outcome[]> {
  const { folder, packages } = application;
  const compilers = join(folder, "types");
  await mkdir(compilers, { recursive: true });
  const imports = packages.map((name, index) => `export * as p${index} from "${name}";\n`);
  await writeFile(join(compilers, "all.ts"), imports.join(""));
  const tsc = (...args: readonly string[]): Promise<string> =>
    run("npm", ["exec", "--yes", `--package=${target}`, "--", "tsc", ...args], { cwd: compilers });
  const [version = target] = /\d+\.\d+\.\d+/.exec(await tsc("--version")) ?? [];
  const outcomes: Outcome[] = [];
  for (const [column, config] of Object.entries(projects)) {
    const project = join(compilers, `${column.replaceAll(/\W+/g, "-")}.json`);
    await writeFile(project, JSON.stringify(config));
    outcomes.push(await check(`TypeScript ${version}`, column, () => tsc("-p", project)));
  }
  return outcomes;
}
