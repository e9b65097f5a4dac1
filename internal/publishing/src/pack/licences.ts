import type { InstalledPackage } from "./installation.ts";

/** Licences that only require attribution. */
const permissive = ["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0"];

/** Lists the packages with any other licence, because it could restrict an application. */
export function faultsOfLicences(packages: readonly InstalledPackage[]): readonly string[] {
  return packages
    .filter(({ license }) => !permissive.includes(license))
    .map(({ name, license }) => `installs ${name}, whose licence is ${license}`);
}
