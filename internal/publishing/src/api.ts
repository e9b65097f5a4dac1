/**
 * Compares the public API of every published package with its committed report. With `--update`, updates the reports.
 */
import { reportApi } from "./api/api-report.ts";
import { publishedPackages } from "./workspaces/published-packages.ts";

const update = process.argv.includes("--update");
for (const subject of await publishedPackages()) {
  const { name } = subject.manifest;
  if (subject.manifest.exports === undefined) continue; // a package with only a command has no API
  const { file, changed, errors } = await reportApi(subject, { update });
  for (const error of errors) process.stderr.write(`${name}: ${error}\n`);
  if (changed) process.stderr.write(`${name}: its public API differs from ${file}\n`);
  if (errors.length > 0 || (changed && !update)) process.exitCode = 1;
}
if (process.exitCode === 1 && !update) {
  process.stderr.write("If that is intended, run `npm run api:update` and commit the reports with a changeset.\n");
}
