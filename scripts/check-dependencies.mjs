// What is installed must be what was reviewed. Fails, with each offence, when the lockfile holds a package without a
// strong hash or from a place of its own, or when a published package brings a script that runs on installation.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const offences = [];

if (lock.lockfileVersion !== 3) offences.push(`package-lock.json has version ${lock.lockfileVersion}, not 3`);
for (const [path, entry] of Object.entries(lock.packages)) {
  if (!path.includes("node_modules/") || entry.link === true) continue;
  // Bundled packages come inside of another one, which has the hash.
  if (entry.inBundle !== true && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? "")) {
    offences.push(`${path} has no sha512 hash in package-lock.json`);
  }
  // Whoever installs decides on the registry; a host in the lockfile would decide for them.
  if (entry.resolved !== undefined) offences.push(`${path} is tied to ${entry.resolved} in package-lock.json`);
}

const published = Object.entries(lock.packages).filter(([path]) => /^packages\/[^/]+$/.test(path));
const shipped = new Set();
for (const [path] of published) visit(path);
for (const path of shipped) {
  const entry = lock.packages[path];
  if (entry.hasInstallScript === true)
    offences.push(`${path} ships with a published package, and runs a script on installation`);
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

/** Follows what is installed with a package: its dependencies, and its peers, which the application installs. */
function visit(path) {
  if (path === undefined || shipped.has(path)) return;
  shipped.add(path);
  const { dependencies, peerDependencies, optionalDependencies } = lock.packages[path];
  for (const name of Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })) {
    visit(find(name, path));
  }
}

/** Where Node.js finds a package, seen from another: in its own folder, or further up. */
function find(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const entry = lock.packages[path];
    if (entry !== undefined) return entry.link === true ? entry.resolved : path;
    if (folder === "") return undefined; // an optional peer that is not installed
  }
}
