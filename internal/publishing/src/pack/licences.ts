import type { InstalledPackage } from "./installation.ts";

/** Those that ask for no more than to be named. */
const permissive = ["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0"];

/** The packages whose licence an application would have to think about. */
export function faultsOfLicences(packages: readonly InstalledPackage[]): readonly string[] {
  return packages
    .filter(({ license }) => !permissive.includes(license))
    .map(({ name, license }) => `brings ${name}, whose licence is ${license}`);
}
