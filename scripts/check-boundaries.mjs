// Checks that dependencies point in one direction: a published package may import and declare only those in this table.
// Also checks that each package declares exactly the packages that it imports, and that it has a test script.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Allowed runtime dependencies of each published package. `node:*` allows the modules of Node.js. */
const allowed = {
  "@aether/core": [],
  "@aether/store-kit": ["@aether/core"],
  "@aether/nats": ["@aether/core"],
  "@aether/store-memory": ["@aether/core", "@aether/store-kit"],
  "@aether/store-sqlite": ["@aether/core", "@aether/store-kit"],
  "@aether/store-jetstream": ["@aether/core", "@aether/store-kit", "@aether/nats", "uuid"],
  "@aether/retry": ["@aether/core", "uuid"],
  "@aether/processor": ["@aether/core", "@aether/retry", "@aether/store-kit", "uuid"],
  "@aether/decider": ["@aether/core", "@aether/retry"],
  "@aether/projections": ["@aether/core", "@aether/processor", "@aether/store-kit"],
  "@aether/conformance": ["@aether/core", "node:*"],
  "@aether/create-store": ["node:*"],
  "@aether/bus-kit": ["@aether/core", "@aether/store-kit"],
  "@aether/eventbus-memory": ["@aether/core", "@aether/store-kit", "@aether/bus-kit"],
  "@aether/eventbus-nats": ["@aether/core", "@aether/store-kit", "@aether/bus-kit", "@aether/nats"],
};

const offences = [];
for (const folder of readdirSync(join(root, "packages"))) {
  const packageFolder = join(root, "packages", folder);
  const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  const { name, scripts = {} } = manifest;
  const permitted = allowed[name];
  if (permitted === undefined) {
    offences.push(`${name} is not in the table of scripts/check-boundaries.mjs: add its allowed dependencies`);
    continue;
  }
  const declared = Object.keys(manifest.dependencies ?? {});
  for (const dependency of declared) {
    if (!permitted.includes(dependency)) offences.push(`${name} must not depend on ${dependency}`);
  }
  const imported = new Set(sourceFiles(join(packageFolder, "src")).flatMap(importsOf));
  for (const module of imported) {
    if (module.startsWith("node:")) {
      if (!permitted.includes("node:*")) offences.push(`${name} must not depend on ${module}`);
    } else if (!declared.includes(module)) {
      offences.push(`${name} imports ${module}, which it does not declare`);
    }
  }
  for (const dependency of declared) {
    if (!imported.has(dependency)) offences.push(`${name} declares ${dependency}, which it does not import`);
  }
  if (scripts.test === undefined) offences.push(`${name} has no test script`);
}
for (const offence of offences) console.error(offence);
if (offences.length > 0) process.exit(1);

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Lists the packages that a file imports. Ignores relative imports. */
function importsOf(file) {
  const code = readFileSync(file, "utf8").replace(/\/\*.*?\*\//gs, "");
  const forms = [
    /^(?:import|export)\b[^;"'=]*\bfrom\s*["']([^"'.][^"']*)["']/gm,
    /^import\s*["']([^"'.][^"']*)["']/gm,
    /\bimport\(\s*["']([^"'.][^"']*)["']/gm,
  ];
  return forms.flatMap((form) => [...code.matchAll(form)].map(([, specifier]) => packageOf(specifier)));
}

function packageOf(specifier) {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
