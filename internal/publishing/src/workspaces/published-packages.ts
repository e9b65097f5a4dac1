import { fileURLToPath } from "node:url";
import { run } from "./run.ts";

/** Where the repository begins. */
export const repository: string = fileURLToPath(new URL("../../../..", import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  /** Absent in a package that is a command alone. */
  readonly exports?: unknown;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface PublishedPackage {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The workspaces of a repository that are not private, by name. */
export async function publishedPackages(root: string = repository): Promise<readonly PublishedPackage[]> {
  const found = JSON.parse(await run("npm", ["query", ".workspace"], { cwd: root })) as (Manifest & { path: string })[];
  return found
    .filter((each) => each.private !== true)
    .map(({ path, ...manifest }) => ({ folder: path, manifest }))
    .sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1));
}

/** `@aether/core` is `core`. */
export function shortName({ manifest }: PublishedPackage): string {
  return manifest.name.slice(manifest.name.indexOf("/") + 1);
}
