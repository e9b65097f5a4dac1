// Asks the npm registry for known vulnerabilities in the runtime dependencies of all workspaces, which are those of the
// published packages and of the examples, and fails if there are any. If no registry answers, it prints a
// warning and passes, but with AUDIT=required it fails.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const shell = process.platform === "win32"; // on Windows, npm is a script
const { npm_execpath: npm, AUDIT } = process.env;
const args = ["audit", "--omit=dev", "--json"];
const options = { cwd: root, encoding: "utf8", timeout: 120_000, shell, maxBuffer: 64 * 1024 * 1024 };
const { stdout } =
  npm === undefined
    ? spawnSync("npm", args, options)
    : spawnSync(process.execPath, [npm, ...args], { ...options, shell: false });

const report = parse(stdout ?? "");
const counts = report?.metadata?.vulnerabilities;
if (counts === undefined) {
  const why = report?.message ?? report?.error?.summary ?? "npm gave no report";
  console.error(`AUDIT SKIPPED: no registry answered (${why}), so vulnerabilities are unknown.`);
  process.exit(AUDIT === "required" ? 1 : 0);
}
for (const { name, severity, range } of Object.values(report.vulnerabilities))
  console.error(`${severity}: ${name} ${range}`);
console.log(`audit: ${counts.total} known vulnerabilities in the dependencies of published packages`);
process.exit(counts.total > 0 ? 1 : 0);

/** Parses the JSON object in a text. npm may print notices before and after the object. */
function parse(text) {
  try {
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  } catch {
    return undefined;
  }
}
