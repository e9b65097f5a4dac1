#!/usr/bin/env node
import { relative } from "node:path";
import { createProject, FolderError } from "./create-project.ts";
import { parseOptions, UsageError, usage } from "./options.ts";
import { guideUrl } from "./package-manifest.ts";

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(usage);
  } else {
    const { folder, files } = createProject(options);
    const path = relative("", folder);
    const guide = guideUrl(options.kind ?? "events");
    console.log(`Wrote ${files.length} files to ${folder}. Next steps:\n`);
    for (const step of [...(path === "" ? [] : [`cd ${path}`]), "npm install", "npm test"]) console.log(`  ${step}`);
    console.log(`\nEach failing test is a requirement that the store must meet. See the guide ${guide}`);
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof FolderError)) throw error;
  console.error(`create-store: ${error.message}`);
  if (error instanceof UsageError) console.error("Use --help to show the usage.");
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
