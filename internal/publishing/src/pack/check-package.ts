import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../workspaces/published-packages.ts";
import { faultsOfContents } from "./contents.ts";
import { installAlone } from "./installation.ts";
import type { Row } from "./installs-table.ts";
import { faultsOfLicences } from "./licences.ts";
import { checkTypesAreFound, faultsOfManifest } from "./linters.ts";
import { minifiedBytes } from "./minified-size.ts";
import type { Tarball } from "./tarball.ts";
import { compileConsumers, importBothWays } from "./use.ts";

/** Packages that must never have dependencies. Not even `--update` allows them. */
const withoutDependencies = ["@aether/core"];

/** Result of checking a tarball. */
export interface PackageCheck {
  readonly row: Row;
  readonly faults: readonly string[];
}

/** Checks a tarball, installs it into an empty folder, and imports and compiles it as a user would. */
export async function checkPackage(subject: Tarball, all: readonly Tarball[], folder: string): Promise<PackageCheck> {
  const { name, exports, peerDependencies = {} } = subject.manifest;
  const isLibrary = exports !== undefined;
  const faults = [...faultsOfContents(subject.paths, (path) => readFileSync(join(subject.folder, path), "utf8"))];
  const attempt = (work: Promise<void>): Promise<unknown> =>
    work.catch((failure: unknown) => faults.push(failure instanceof Error ? failure.message : String(failure)));

  const licence = await readFile(join(repository, "LICENSE"), "utf8");
  const own = await readFile(join(subject.folder, "LICENSE"), "utf8").catch(() => licence);
  if (own !== licence) faults.push("LICENSE differs from that of the repository");

  const { packages, unpackedBytes } = await installAlone(subject, all, folder);
  const installs = packages.map((each) => each.name).filter((each) => each !== name);
  faults.push(...(await faultsOfManifest(subject)), ...faultsOfLicences(packages));
  if (withoutDependencies.includes(name) && installs.length > 0)
    faults.push(`must have no dependencies, but installs ${installs.join(", ")}`);

  if (!isLibrary) return { row: { name, installs, unpackedBytes, minifiedBytes: undefined }, faults };
  await attempt(checkTypesAreFound(subject));
  await attempt(importBothWays(name, folder));
  await attempt(compileConsumers(name, folder));
  const minified = await minifiedBytes(name, folder, Object.keys(peerDependencies));
  return { row: { name, installs, unpackedBytes, minifiedBytes: minified }, faults };
}
