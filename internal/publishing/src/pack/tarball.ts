import { join } from "node:path";
import { type PublishedPackage, repository } from "../workspaces/published-packages.ts";
import { run } from "../workspaces/run.ts";

/** A package with its tarball, as npm would publish it. */
export interface Tarball extends PublishedPackage {
  /** Absolute path. */
  readonly file: string;
  /** Paths of the packed files, relative to the package. */
  readonly paths: readonly string[];
}

/** Packs the built packages into a folder. */
export async function packAll(packages: readonly PublishedPackage[], into: string): Promise<readonly Tarball[]> {
  const selection = packages.map(({ manifest }) => `--workspace=${manifest.name}`);
  const printed = await run("npm", ["pack", "--json", `--pack-destination=${into}`, ...selection], { cwd: repository });
  const packed = JSON.parse(printed) as { name: string; filename: string; files: { path: string }[] }[];
  return packages.map((each) => {
    const entry = packed.find(({ name }) => name === each.manifest.name);
    if (entry === undefined) throw new Error(`npm packed no ${each.manifest.name}`);
    return { ...each, file: join(into, entry.filename), paths: entry.files.map(({ path }) => path) };
  });
}
