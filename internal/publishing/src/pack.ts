/**
 * Packs every published package, installs it into an empty folder, and imports and compiles it as a user would.
 * Compares the installed packages and their sizes with the committed table. With `--update`, writes the table.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, type PackageCheck } from "./pack/check-package.ts";
import { differences, parseTable, printTable } from "./pack/installs-table.ts";
import { packAll } from "./pack/tarball.ts";
import { publishedPackages, repository, shortName } from "./workspaces/published-packages.ts";

const table = join(repository, "docs", "installs.md");
const scratch = await mkdtemp(join(tmpdir(), "aether-pack-"));
try {
  const tarballs = await packAll(await publishedPackages(), scratch);
  const checks: PackageCheck[] = [];
  const queue = tarballs.values();
  const work = async (): Promise<void> => {
    for (const subject of queue) {
      const check = await checkPackage(subject, tarballs, join(scratch, shortName(subject)));
      process.stdout.write(`${check.faults.length === 0 ? "ok" : "FAULTY"}: ${check.row.name}\n`);
      checks.push(check);
    }
  };
  await Promise.all([work(), work()]);
  checks.sort((a, b) => (a.row.name < b.row.name ? -1 : 1));
  const rows = checks.map(({ row }) => row);
  const complaints = checks.flatMap(({ row, faults }) => faults.map((fault) => `${row.name}: ${fault}`));
  if (process.argv.includes("--update")) {
    await writeFile(table, printTable(rows));
  } else {
    const changes = differences(parseTable(await readFile(table, "utf8").catch(() => "")), rows);
    complaints.push(...changes);
    if (changes.length > 0)
      complaints.push("If that is intended, run `npm run pack:update` and commit docs/installs.md.");
  }
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  if (complaints.length > 0) process.exitCode = 1;
} catch (failure) {
  process.stderr.write(`${failure instanceof Error ? failure.message : failure}\n`);
  process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true });
}
