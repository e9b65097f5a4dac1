import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { startNatsServer } from "@aether/nats-testing";
import { type PackedRegistry, packAll, publishedPackages, startPackedRegistry } from "@aether/publishing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Page, pages, snippetsOf } from "./support/documents.ts";

const pageAt = (path: string): Page => {
  const page = pages().find((each) => each.path === path);
  if (page === undefined) throw new Error(`${path} is missing`);
  return page;
};
const gettingStarted = pageAt(join("docs", "getting-started.md"));
const readme = pageAt("README.md");

/** Node.js runs TypeScript since 22.18. For older versions, the page says what to write instead of `node`. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const instead = /write `(.+?)` instead of `node`/.exec(gettingStarted.text)?.[1];
const runsTypeScript = major > 22 || (major === 22 && minor >= 18);

let scratch: string;
let registry: PackedRegistry;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "getting-started-"));
  const tarballs = join(scratch, "tarballs");
  mkdirSync(tarballs);
  registry = await startPackedRegistry(await packAll(await publishedPackages(), tarballs));
}, 120_000);
afterAll(async () => {
  await registry.close();
  rmSync(scratch, { recursive: true });
});

/** The commands that start a server. The reader chooses one of them; the test has its own server. */
const startsServer = (code: string): boolean => /nats-server/.test(code);

/**
 * Follows a page in an empty folder: saves the files, runs the commands, and compares the output of each command with
 * the text after it. Returns the commands that it ran.
 */
async function follow(page: Page, name: string, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  let folder = join(scratch, name);
  mkdirSync(folder);
  const commands: string[] = [];
  const snippets = snippetsOf(page);
  for (const [index, { language, file, code }] of snippets.entries()) {
    if (file !== undefined) writeFileSync(join(folder, file), code);
    if (language !== "sh" || startsServer(code)) continue;
    const command = runsTypeScript ? code : code.replaceAll(/^node /gm, `${instead} `);
    const script = `${command}\npwd > '${join(scratch, "folder")}'`;
    const { stdout } = await promisify(execFile)("sh", ["-ec", script], { cwd: folder, env }).catch((error) => {
      throw new Error(`line ${snippets[index]?.line}: ${command}${error.stdout}${error.stderr}`);
    });
    folder = readFileSync(join(scratch, "folder"), "utf8").trim();
    commands.push(code.trim());
    const next = snippets[index + 1];
    if (next?.language === "text") expect(stdout, command).toBe(next.code);
  }
  return commands;
}

/** The environment of a reader, with the version of Node.js that runs this test. */
function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([key]) => !/^(npm_(?!config_cache)|NODE_|VITEST|TEST|FORCE_COLOR)/i.test(key),
  );
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  return { ...Object.fromEntries(own), PATH: path, ...registry.env, ...more };
}

test("every command of the page works in an empty folder and prints the output that the page shows", async () => {
  await using server = await startNatsServer();
  const commands = await follow(gettingStarted, "page", environment({ NATS_URL: server.url }));
  expect(commands.filter((command) => /^(node|npx) /.test(command))).toEqual([
    "node first.ts",
    "npx tsc",
    "node two-writers.ts",
    "node decide-again.ts",
    "node on-nats.ts",
    "node on-nats.ts",
  ]);
}, 180_000);

test("the first screen of the README works in an empty folder and prints the output that it shows", async () => {
  const [firstScreen = ""] = readme.text.split(/^## /m);
  const commands = await follow({ ...readme, text: firstScreen }, "readme", environment({}));
  expect(commands).toEqual([expect.stringMatching(/^npm install /), "node order.mts"]);
}, 180_000);
