/**
 * Rehearses a release in a copy of the repository, with a registry on this machine. Publishes all packages, and then a
 * patch of one package. Installs the packages after each of the two releases.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npmInstall } from "./pack/installation.ts";
import { importBothWays } from "./pack/use.ts";
import { type LocalRegistry, startLocalRegistry } from "./release/local-registry.ts";
import { commitAll, copyRepository } from "./release/working-copy.ts";
import { publishedPackages, repository } from "./workspaces/published-packages.ts";
import { run } from "./workspaces/run.ts";

const scratch = await mkdtemp(join(tmpdir(), "aether-release-"));
const copy = join(scratch, "repository");
const patched = "@aether/core";
let registry: LocalRegistry | undefined;
try {
  const status = (): Promise<string> => run("git", ["status", "--porcelain"], { cwd: repository });
  const before = await status();
  print("copying the repository, and installing a registry");
  await mkdir(copy);
  await copyRepository(copy);
  registry = await startLocalRegistry(join(scratch, "registry"));
  await run("npm", ["ci", "--prefer-offline"], { cwd: copy });

  print("publishing everything");
  const first = await release(registry);
  await installAndCheck(registry, first, "first");

  print(`publishing a patch of ${patched}`);
  await writeFile(join(copy, ".changeset", "rehearsal.md"), `---\n"${patched}": patch\n---\n\nA rehearsal.\n`);
  const second = await release(registry);
  const changed = [...second].filter(([name, version]) => first.get(name) !== version).map(([name]) => name);
  if (changed.join() !== patched)
    throw new Error(`a patch of ${patched} also changed the versions of: ${changed.join(", ")}`);
  await installAndCheck(registry, second, "second");
  if ((await status()) !== before) throw new Error("the rehearsal changed the repository");
  print("the rehearsal succeeded");
} catch (failure) {
  process.stderr.write(`${failure instanceof Error ? failure.message : failure}\n`);
  process.exitCode = 1;
} finally {
  await registry?.close();
  await rm(scratch, { recursive: true });
}

/** Runs the steps of a release and resolves to the version of each package. */
async function release({ env }: LocalRegistry): Promise<ReadonlyMap<string, string>> {
  await run("npm", ["run", "version-packages"], { cwd: copy });
  await commitAll(copy);
  await run("npm", ["run", "build"], { cwd: copy });
  await run("npx", ["changeset", "publish"], { cwd: copy, env });
  return new Map((await publishedPackages(copy)).map(({ manifest }) => [manifest.name, manifest.version]));
}

/** Installs all packages in one application and verifies that they have the given versions. */
async function installAndCheck(
  { env }: LocalRegistry,
  versions: ReadonlyMap<string, string>,
  name: string,
): Promise<void> {
  const folder = join(scratch, name);
  await mkdir(folder);
  const dependencies = Object.fromEntries([...versions].map(([each, version]) => [each, `^${version}`]));
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
  await npmInstall(folder, env);
  for (const [each, version] of versions) {
    const manifest = JSON.parse(await readFile(join(folder, "node_modules", each, "package.json"), "utf8"));
    if (manifest.version !== version)
      throw new Error(`${each} was published as ${version}, installed ${manifest.version}`);
    if (manifest.exports !== undefined) await importBothWays(each, folder);
    process.stdout.write(`  ${each} ${version}\n`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
