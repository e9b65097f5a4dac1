import { fileURLToPath } from "node:url";
import { run } from "./run.ts";

/** Absolute path of the repository. */
export const repository: string = fileURLToPath(new URL("../../../..", import.meta.url));

/** The fields of a package.json that this workspace reads. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  /** The exports. Undefined for a package with only a command. */
  readonly exports?: unknown;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A workspace that is published to npm. */
export interface PublishedPackage {
  /** Absolute path. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Lists the workspaces of a repository that are not private, sorted by name. */
export async function publishedPackages(root: string = repository): Promise<readonly PublishedPackage[]> {
  const found = JSON.parse(await run("npm", ["query", ".workspace"], { cwd: root })) as (Manifest & { path: string })[];
  return found
    .filter((each) => each.private !== true)
    .map(({ path, ...manifest }) => ({ folder: path, manifest }))
    .sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1));
}

/** Returns the name without the scope: `core` for `@aether/core`. */
export function shortName({ manifest }: PublishedPackage): string {
  return manifest.name.slice(manifest.name.indexOf("/") + 1);
}
