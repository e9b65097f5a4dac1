// Checks that the manifests of all published packages have the shared fields, a description and keywords.
//
//   node scripts/check-manifests.mjs [FOLDER]            checks a repository; by default this one
//   node scripts/check-manifests.mjs --update [FOLDER]   writes the expected fields into the manifests
//
// The URL of the repository comes from `repository.url` in the root manifest. Its owner is a placeholder, which the
// release workflow replaces. npm needs `directory` to resolve the relative links in a README.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

const here = fileURLToPath(new URL("..", import.meta.url));
const repository = resolve(process.argv.slice(2).find((argument) => !argument.startsWith("--")) ?? here);
const root = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
const website = /^git\+(https:\/\/.+)\.git$/.exec(root.repository?.url)?.[1];
const update = process.argv.includes("--update");
const offences = [];

if (website === undefined) offences.push("package.json: repository.url must look like git+https://host/owner/name.git");
for (const folder of website === undefined ? [] : readdirSync(join(repository, "packages"))) {
  const directory = `packages/${folder}`;
  const file = join(repository, directory, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  const expected = {
    license: root.license,
    author: root.author,
    homepage: `${website}/tree/main/${directory}#readme`,
    repository: { type: "git", url: root.repository.url, directory },
    bugs: { url: `${website}/issues` },
    engines: root.engines,
    publishConfig: { access: "public" },
  };
  if (update) writeFileSync(file, `${JSON.stringify(updated(manifest, expected), null, 2)}\n`);
  else {
    const wrong = Object.keys(expected).filter((field) => !isDeepStrictEqual(manifest[field], expected[field]));
    const fix = "run node scripts/check-manifests.mjs --update";
    if (wrong.length > 0) offences.push(`${directory}/package.json: incomplete: ${wrong.join(", ")}; ${fix}`);
  }
  const { description = "", keywords = [] } = manifest;
  if (!/^[A-Z].{20,139}\.$/.test(description)) {
    offences.push(`${directory}/package.json: description must be a sentence of 21 to 140 characters`);
  }
  if (!keywords.includes("event-sourcing") || keywords.length < 3) {
    offences.push(`${directory}/package.json: keywords must contain "event-sourcing" and at least two others`);
  }
}
for (const offence of offences) console.error(offence);
if (offences.length > 0) process.exitCode = 1;

/** Returns the manifest with the expected fields. New fields follow the field `license`. */
function updated(manifest, expected) {
  const entries = Object.entries(manifest).flatMap(([field, value]) => {
    const added = Object.entries(expected).filter(([name]) => field === "license" && !(name in manifest));
    return [[field, expected[field] ?? value], ...added];
  });
  return Object.fromEntries(entries);
}
