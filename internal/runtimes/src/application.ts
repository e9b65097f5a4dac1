import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { npmInstall, packAll, publishedPackages, repository, run, type Tarball } from "@aether/publishing";

/** A folder outside the workspace in which the packages are installed from their tarballs. */
export interface Application {
  /** Absolute path. */
  readonly folder: string;
  /** The packages. */
  readonly tarballs: readonly Tarball[];
  /** Names of the packages that can be imported. */
  readonly packages: readonly string[];
}

const workspace = join(repository, "internal", "runtimes");
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

/** The packages of other projects that the programs import. */
const packagesOfPrograms = ["@nats-io/nats-core", "@nats-io/transport-node", "libsql", "nats"];

/** Packs all packages, installs them with both NATS clients, and compiles the programs into the folder `programs`. */
export async function createApplication(scratch: string): Promise<Application> {
  await mkdir(join(scratch, "tarballs"));
  const tarballs = await packAll(await publishedPackages(), join(scratch, "tarballs"));
  const folder = join(scratch, "application");
  const { devDependencies } = JSON.parse(await readFile(join(workspace, "package.json"), "utf8")) as Manifest;
  const root = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as Manifest;
  const used = Object.entries(devDependencies).filter(([name]) => packagesOfPrograms.includes(name));
  await install(folder, tarballs, {
    ...Object.fromEntries(used),
    "@types/node": root.devDependencies["@types/node"] ?? "",
  });
  const packages = tarballs.flatMap(({ manifest }) => (manifest.exports === undefined ? [] : [manifest.name]));
  await cp(join(workspace, "programs"), join(folder, "source"), { recursive: true });
  await compile(folder);
  await writeFile(join(folder, "programs", "require.cjs"), packages.map((name) => `require("${name}");\n`).join(""));
  return { folder, tarballs, packages };
}

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Creates a folder with the packages and further dependencies. */
export async function install(
  folder: string,
  tarballs: readonly Tarball[],
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const own = tarballs.map(({ manifest, file }) => [manifest.name, `file:${file}`]);
  const manifest = { private: true, type: "module", dependencies: { ...Object.fromEntries(own), ...dependencies } };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await npmInstall(folder);
}

async function compile(folder: string): Promise<void> {
  const config = {
    compilerOptions: {
      target: "es2022",
      module: "nodenext",
      strict: true,
      skipLibCheck: true,
      lib: ["es2022", "dom"],
      types: ["node"],
      rewriteRelativeImportExtensions: true,
      rootDir: "source",
      outDir: "programs",
    },
    include: ["source"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await run(process.execPath, [compiler, "-p", folder]);
}
