import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { startNatsServer } from "@aether/nats-testing";
import { transformWithOxc } from "vite";
import { beforeAll, expect, test } from "vitest";
import { compiler } from "./support/compiler.ts";
import { pages, type Snippet, snippetsOf } from "./support/documents.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const page = pages().find(({ path }) => path === join("docs", "getting-started.md"));
if (page === undefined) throw new Error("docs/getting-started.md is missing");
const snippets = snippetsOf(page);

/** The programs of the page. A program is a snippet that is followed by its output. */
const programs = snippets.flatMap((snippet, index) => {
  const next = snippets[index + 1];
  return next?.language === "text" ? [{ file: snippet.file ?? "", prints: next.code }] : [];
});

const folder = scratchFolder("getting-started");
beforeAll(async () => {
  for (const snippet of snippets) if (snippet.file?.endsWith(".ts")) await write(snippet.file, snippet);
});

/** Writes a program as JavaScript, which every supported version of Node.js runs. */
async function write(file: string, { code }: Snippet): Promise<void> {
  const script = (await transformWithOxc(code, file)).code.replaceAll(/"(\.\/[\w-]+)\.ts"/g, '"$1.mjs"');
  writeFileSync(join(folder, file.replace(".ts", ".mjs")), script);
}

test("the programs compile with the tsconfig.json of the page", async () => {
  const project = join(folder, "project");
  mkdirSync(project);
  for (const { file, code } of snippets) if (file !== undefined) writeFileSync(join(project, file), code);
  await promisify(execFile)(process.execPath, [compiler, "-p", project]);
}, 60_000);

test("the page has four programs, each with its output", () => {
  expect(programs.map(({ file }) => file)).toEqual(["first.ts", "two-writers.ts", "decide-again.ts", "on-nats.ts"]);
});

test.each(programs)(
  "$file prints the output that the page shows",
  async ({ file, prints }) => {
    await using server = file === "on-nats.ts" ? await startNatsServer() : undefined;
    const script = join(folder, file.replace(".ts", ".mjs"));
    const env = server === undefined ? process.env : { ...process.env, NATS_URL: server.url };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
    expect(stdout).toBe(prints);
  },
  180_000,
);
