// Checks that an installation uses exactly the reviewed code: every package in the lockfile has a strong hash and no
// fixed host, and neither a published package nor its dependencies run a script on installation.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const offences = [];

if (lock.lockfileVersion !== 3) offences.push(`package-lock.json has version ${lock.lockfileVersion}, not 3`);
for (const [path, entry] of Object.entries(lock.packages)) {
  if (!path.includes("node_modules/") || entry.link === true) continue;
  // A bundled package is part of another package, and the hash of that package covers it.
  if (entry.inBundle !== true && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? "")) {
    offences.push(`${path} has no sha512 hash in package-lock.json`);
  }
  // The user chooses the registry; a host in the lockfile would override that choice.
  if (entry.resolved !== undefined)
    offences.push(`${path} has the fixed address ${entry.resolved} in package-lock.json`);
}

const published = Object.entries(lock.packages).filter(([path]) => /^packages\/[^/]+$/.test(path));
const shipped = new Set();
for (const [path] of published) visit(path);
for (const path of shipped) {
  const entry = lock.packages[path];
  if (entry.hasInstallScript === true)
    offences.push(`${path} is installed with a published package and runs a script on installation`);
}
for (const [path] of published) {
  const { scripts = {} } = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));
  for (const name of ["preinstall", "install", "postinstall", "prepare"]) {
    if (scripts[name] !== undefined) offences.push(`${path} runs a script on installation: ${name}`);
  }
}
if (published.length === 0 || shipped.size <= published.length)
  offences.push("no published package was found to check");

for (const offence of offences) console.error(offence);
if (offences.length > 0) process.exit(1);

/**
 * Collects the packages that are installed with a package: its dependencies, and its peer dependencies, which the
 * application installs.
 */
function visit(path) {
  if (path === undefined || shipped.has(path)) return;
  shipped.add(path);
  const { dependencies, peerDependencies, optionalDependencies } = lock.packages[path];
  for (const name of Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })) {
    visit(find(name, path));
  }
}

/** Finds a package as Node.js does: in the folder of the package that needs it, or in a parent folder. */
function find(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const entry = lock.packages[path];
    if (entry !== undefined) return entry.link === true ? entry.resolved : path;
    if (folder === "") return undefined; // an optional peer that is not installed
  }
}
