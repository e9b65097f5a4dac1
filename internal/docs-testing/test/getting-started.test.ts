import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startNatsServer } from "@aether/nats-testing";
import { transformWithOxc } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pages, type Snippet, snippetsOf } from "./documents.ts";

const page = pages().find(({ path }) => path === join("docs", "getting-started.md"));
if (page === undefined) throw new Error("there is no page for those who begin");
const snippets = snippetsOf(page);

/** The programs of the page: each is followed by what it prints. */
const programs = snippets.flatMap((snippet, index) => {
  const next = snippets[index + 1];
  return next?.language === "text" ? [{ file: snippet.file ?? "", prints: next.code }] : [];
});

// Inside the workspace, so that its dependencies are found.
const cache = join(fileURLToPath(new URL("..", import.meta.url)), "node_modules", ".cache");
let folder: string;
beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, "getting-started-"));
  for (const snippet of snippets) if (snippet.file !== undefined) await write(snippet.file, snippet);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a program as Node.js of every version runs it. */
async function write(file: string, { code }: Snippet): Promise<void> {
  const script = (await transformWithOxc(code, file)).code.replaceAll(/"(\.\/[\w-]+)\.ts"/g, '"$1.mjs"');
  writeFileSync(join(folder, file.replace(".ts", ".mjs")), script);
}

test("the page has programs, and says what they print", () => {
  expect(programs.map(({ file }) => file)).toEqual(["first.ts", "two-writers.ts", "decide-again.ts", "on-nats.ts"]);
});

test.each(programs)(
  "$file prints what the page says",
  async ({ file, prints }) => {
    await using server = file === "on-nats.ts" ? await startNatsServer() : undefined;
    const script = join(folder, file.replace(".ts", ".mjs"));
    const env = server === undefined ? process.env : { ...process.env, NATS_URL: server.url };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
    expect(stdout).toBe(prints);
  },
  180_000,
);
