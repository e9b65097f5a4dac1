import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tools } from "../src/package-manifest.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const guide = readFileSync(join(root, "docs/writing-a-store.md"), "utf8");
const documentGuide = readFileSync(join(root, "docs/writing-a-document-store.md"), "utf8");

/** Folder of the projects, with the Aether packages as published, and the tools of this repository. */
let parent: string;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without the environment variables of the npm and vitest that run this test. */
function run(file: string, args: readonly string[], cwd: string = parent): Promise<Ended> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|vitest|node_env|node_options)/i.test(name));
  const author = { name: "A. Author", email: "author@example.org" };
  const env = {
    ...Object.fromEntries(kept),
    ...{ GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email },
    ...{ GIT_COMMITTER_NAME: author.name, GIT_COMMITTER_EMAIL: author.email },
  };
  return new Promise((resolve) => {
    const child = execFile(file, args, { cwd, env, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** Runs a program, and throws if it fails. */
async function done(file: string, args: readonly string[], cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await run(file, args, cwd);
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${code}\n${stdout}\n${stderr}`);
  return stdout;
}

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "create-store-"));
  const names = ["core", "store-kit", "conformance", "create-store"];
  const workspaces = names.map((name) => `--workspace=@aether/${name}`);
  await done("npm", ["pack", "--pack-destination", parent, ...workspaces], root);
  for (const name of names) {
    const folder = join(parent, "node_modules/@aether", name);
    mkdirSync(folder, { recursive: true });
    await done("tar", ["-xzf", `aether-${name}-${versionOf(name)}.tgz`, "-C", folder, "--strip-components=1"]);
  }
  for (const tool of [...Object.keys(tools), ".bin", "@changesets/config"]) {
    mkdirSync(dirname(join(parent, "node_modules", tool)), { recursive: true });
    symlinkSync(join(root, "node_modules", tool), join(parent, "node_modules", tool));
  }
}, 60_000);
afterAll(() => rmSync(parent, { recursive: true }));

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")).version;
}

/** Does the same as `npm create @aether/store` with these arguments: runs the command of the package. */
function npmCreate(...args: readonly string[]): Promise<Ended> {
  const own = join(parent, "node_modules/@aether/create-store");
  const { bin } = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
  return run(process.execPath, [join(own, bin["create-store"]), ...args]);
}

/** Writes the files of a guide into a project. */
function fillIn(project: string, runner: string, text: string = guide): void {
  for (const [, file = "", code = ""] of text.matchAll(/^```(?:ts|js) file=(\S+)\n(.*?)^```$/gms)) {
    writeFileSync(join(project, file), runner === "node" ? code.replace('from "vitest"', 'from "node:test"') : code);
  }
}

/** Returns the commands of a guide. */
function commandsOf(text: string): readonly string[] {
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, lines = ""]) => lines.trim().split("\n"));
}

/** Result of a test. */
interface Result {
  readonly name: string;
  /** Error of a failed test; `undefined` if it passed. */
  readonly failure: string | undefined;
}

async function testWithVitest(project: string): Promise<readonly Result[]> {
  const { stdout } = await run("npm", ["test", "--silent", "--", "--reporter=json"], project);
  const report: {
    testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[];
  } = JSON.parse(stdout);
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return results
    .filter(({ status }) => status !== "pending" && status !== "skipped")
    .map(({ title, status, failureMessages }) => ({
      name: title,
      failure: status === "passed" ? undefined : failureMessages.join("\n"),
    }));
}

async function testWithNode(project: string): Promise<readonly Result[]> {
  await done("npm", ["run", "build"], project);
  await done("npx", ["tsc"], project);
  const args = ["--test-reporter=tap", "build/test/file-event-store.test.js"];
  const { stdout } = await run(process.execPath, args, project);
  // The cases are at the third level of the TAP output.
  const cases = stdout.matchAll(/^ {8}(not )?ok \d+ - (.*)\n((?: {10}[^\n]*\n|\n)*)/gm);
  return [...cases]
    .filter(([line]) => !line.includes("# SKIP"))
    .map(([, not, name = "", detail]) => ({
      name: name.replaceAll("\\#", "#"),
      failure: not === undefined ? undefined : detail,
    }));
}

const passing = (results: readonly Result[]): readonly string[] =>
  results.filter(({ failure }) => failure === undefined).map(({ name }) => name);

describe.each([
  ["vitest", testWithVitest],
  ["node", testWithNode],
] as const)("a project for %s", (runner, results) => {
  test("fails only the tests of the code that is not written yet, and passes with the code of the guide", async () => {
    const project = join(parent, runner, "file-store");
    const { code, stdout, stderr } = await npmCreate(`${runner}/file-store`, "--runner", runner);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`cd ${runner}/file-store\n`);
    const address = /https:\/\/github\.com\/\S+\/blob\/main\/docs\/writing-a-store\.md/;
    for (const text of [stdout, readFileSync(join(project, "README.md"), "utf8")]) expect(text).toMatch(address);
    await done("npm", ["run", "typecheck"], project);
    const named = readFileSync(join(project, "README.md"), "utf8").matchAll(/`(node_modules\/.*?)`/g);
    const readmes = [...named].map(([, path = ""]) => readFileSync(join(parent, path), "utf8").split("\n")[0]);
    expect(readmes).toEqual(["# @aether/store-kit", "# @aether/conformance"]);

    const fresh = await results(project);
    expect(fresh.length).toBeGreaterThan(60);
    expect([...passing(fresh)].sort()).toEqual(written);
    for (const { failure } of fresh) if (failure !== undefined) expect(failure).toContain("not written yet");
    expect((await run("npm", ["test"], project)).code).toBe(1);

    fillIn(project, runner);
    await done("npm", ["run", "typecheck"], project);
    const filled = await results(project);
    expect(filled.length).toBeGreaterThan(fresh.length);
    expect(passing(filled)).toHaveLength(filled.length);
  }, 60_000);

  test("runs every test file on a new build", async () => {
    const project = join(parent, `${runner}-files`, "file-store");
    await npmCreate(`${runner}-files/file-store`, "--runner", runner);
    rmSync(join(project, "test/file-event-store.test.ts"));
    for (const name of ["first", "second"]) writeFileSync(join(project, `test/${name}.test.ts`), marking(name, runner));
    for (const folder of ["build/test", "dist"]) {
      mkdirSync(join(project, folder), { recursive: true });
      writeFileSync(join(project, folder, "stale.test.js"), "throw new Error('its source was removed');");
    }
    const { code, stdout } = await run("npm", ["test"], project);
    expect([code, stdout]).toEqual([0, expect.anything()]);
    const found = ["first", "second", "build/test/stale.test.js", "dist/stale.test.js", "dist/index.js"];
    expect(found.map((name) => existsSync(join(project, name)))).toEqual([true, true, false, false, true]);
  }, 60_000);
});

test("a project of a document store fails only the tests of unwritten code, and passes with the guide's", async () => {
  const [command = ""] = commandsOf(documentGuide);
  const [folder = "", ...options] = command.replace(/^npm create @aether\/store /, "").split(/ -- | /);
  expect((await npmCreate(folder, ...options)).code).toBe(0);
  const project = join(parent, "file-documents");
  expect(readFileSync(join(project, "README.md"), "utf8")).toMatch(/blob\/main\/docs\/writing-a-document-store\.md/);
  await done("npm", ["run", "typecheck"], project);
  const fresh = await testWithVitest(project);
  expect(passing(fresh).length).toBeGreaterThan(5);
  expect(passing(fresh).length).toBeLessThan(fresh.length / 2);
  const otherFailures = fresh.filter(({ failure }) => failure !== undefined && !failure.includes("not written yet"));
  expect(otherFailures).toEqual([]);
  fillIn(project, "vitest", documentGuide);
  await done("npm", ["run", "typecheck"], project);
  const filled = await testWithVitest(project);
  expect(filled.length).toBeGreaterThan(fresh.length);
  expect(filled.filter(({ failure }) => failure !== undefined)).toEqual([]);
}, 60_000);

/** A test file that leaves a mark. */
const marking = (name: string, runner: string): string =>
  [
    'import { writeFileSync } from "node:fs";',
    `import { test } from "${runner === "node" ? "node:test" : "vitest"}";`,
    `test("${name}", () => writeFileSync("${name}", ""));`,
    "",
  ].join("\n");

/** The cases that the skeleton passes. */
const written: readonly string[] = [
  "a closed store and an aborted signal are reported before an event that is too large",
  "a closed store is reported before an aborted signal",
  "a save that is rejected for any reason is not announced",
  "a store rejects calls as soon as close is called",
  "close may be called more than once",
  "disposing a store closes it",
  "invalid input is reported before a closed store",
  "invalid input is reported before an aborted signal",
  "reads reject an actor id that is empty, not a string or ill-formed",
  "store.supports equals the public manifest",
  "the methods of declared capabilities exist",
];

test("the commands of the guide create and publish the project", async () => {
  expect(commandsOf(guide)).toEqual([
    "npm create @aether/store file-store",
    "cd file-store",
    "npm install",
    "npm test",
    "npm run build",
    "npx changeset version",
    "npm pack --dry-run",
    "npm run release",
  ]);
  expect((await npmCreate("file-store")).code).toBe(0);
  const project = join(parent, "file-store");
  fillIn(project, "vitest");
  for (const args of [
    ["init", "-q", "-b", "main"],
    ["add", "-A"],
    ["commit", "-qm", "Initial commit"],
  ])
    await done("git", args, project);
  await done("npm", ["run", "build"], project);
  await done("npx", ["changeset", "version"], project);
  expect(JSON.parse(readFileSync(join(project, "package.json"), "utf8")).version).toBe("0.1.0");
  expect(readFileSync(join(project, "CHANGELOG.md"), "utf8")).toContain("`FileEventStore` implements the contract");
  const [packed] = JSON.parse(await done("npm", ["pack", "--dry-run", "--json"], project));
  const files: readonly string[] = packed.files.map(({ path }: { path: string }) => path);
  for (const file of ["dist/index.js", "dist/index.d.ts", "src/index.ts", "README.md"]) expect(files).toContain(file);
  expect(files.filter((file) => /test|node_modules|^\./.test(file))).toEqual([]);
  const use = [
    'import { FileEventStore } from "file-store";',
    'const store = await FileEventStore.open("e");',
    'console.log(await store.getLatestVersion("a"));',
  ].join("\n");
  expect(await done(process.execPath, ["--input-type=module", "-e", use], project)).toBe("0\n");
}, 60_000);

test("the command reports invalid usage, and points to --help", async () => {
  expect(await npmCreate("--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("--runner RUNNER") });
  const usage = await npmCreate();
  expect(usage).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("Use --help to show the usage."),
  });
  const taken = await npmCreate(".", "--name", "x");
  expect(taken).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("is not empty") });
});
