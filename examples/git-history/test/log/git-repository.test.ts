import { chmodSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readInput } from "../../src/log/read-input.ts";
import { type RunResult, run } from "../../src/run.ts";
import { TemporaryRepository } from "../support/repository.ts";

let repository: TemporaryRepository;
afterEach(() => repository.remove());

function runOn(directory: string): Promise<RunResult> {
  const source = { kind: "repository", directory } as const;
  return run({ source, store: { kind: "memory" }, writers: 1 });
}

function lines(count: number): string {
  return "line\n".repeat(count);
}

const binary = Buffer.from([0, 1, 2, 3, 0, 255]);
const unusualNames = [
  "with space",
  "tab\there",
  "new\nline",
  'say "hi"',
  '"quoted"',
  "back\\slash",
  "grün 🦊",
  "{a => b}",
  "-dash",
  Buffer.from("caf\xe9", "latin1"),
];

/** Creates commits of many kinds: 13 in the first-parent history, two of which change no file. */
function fill(repo: TemporaryRepository): void {
  const remove = (name: string): void => rmSync(repo.path(name));
  repo.write("text.txt", lines(5));
  repo.write("no-newline.txt", "a\nb");
  repo.write("crlf.txt", "a\r\nb\r\n");
  repo.write("empty", "");
  repo.write("also-empty", "");
  repo.write("logo.png", binary);
  repo.write("old-logo.png", binary);
  repo.write("doomed/gone.txt", lines(9));
  repo.write("moved.txt", lines(20));
  for (const name of unusualNames) repo.write(name, lines(3));
  repo.commit();
  for (const name of unusualNames) repo.write(name, lines(7));
  repo.write("no-newline.txt", "a\nb\n");
  repo.commit();
  renameSync(repo.path("moved.txt"), repo.path("moved elsewhere.txt"));
  renameSync(repo.path("tab\there"), repo.path("tab\tthere"));
  repo.commit();
  remove("doomed/gone.txt");
  remove("also-empty");
  remove("old-logo.png");
  repo.commit();
  repo.write("doomed/gone.txt", "back again\n");
  repo.commit();
  repo.write("logo.png", Buffer.concat([binary, binary]));
  chmodSync(repo.path("text.txt"), 0o755);
  chmodSync(repo.path("logo.png"), 0o755);
  repo.commit();
  repo.write("becomes-binary", lines(4));
  symlinkSync("text.txt", repo.path("link"));
  repo.commit();
  repo.write("becomes-binary", binary);
  remove("link");
  repo.write("link", lines(2));
  remove("crlf.txt");
  symlinkSync("text.txt", repo.path("crlf.txt"));
  repo.commit();
  repo.git("commit", "--quiet", "--allow-empty", "--message=empty");
  repo.git("update-index", "--add", "--cacheinfo", `160000,${repo.git("rev-parse", "HEAD").trim()},module`);
  repo.git("commit", "--quiet", "--message=a submodule");
  repo.git("switch", "--quiet", "--create", "side");
  repo.write("side.txt", lines(6));
  repo.write("text.txt", lines(8));
  repo.git("add", "side.txt", "text.txt");
  repo.git("commit", "--quiet", "--message=side");
  repo.git("switch", "--quiet", "main");
  repo.write("main.txt", lines(2));
  repo.git("add", "main.txt");
  repo.git("commit", "--quiet", "--message=main");
  repo.git("merge", "--quiet", "--no-edit", "side");
  repo.git(
    "merge",
    "--quiet",
    "--no-edit",
    "--strategy=ours",
    repo.git("commit-tree", "HEAD^{tree}", "-m", "x").trim(),
    "--allow-unrelated-histories",
  );
}

describe("a repository", () => {
  it.each(["sha1", "sha256"])("is replayed exactly, with every kind of change (%s)", async (format) => {
    repository = new TemporaryRepository(`--object-format=${format}`);
    fill(repository);
    const result = await runOn(repository.directory);
    expect(result.verdict).toEqual({ mismatches: [], notCompared: [] });
    expect(result.commits).toBe(13);
    expect(result.expected.size).toBe(Number(repository.git("ls-files").split("\n").length - 1));
    const linesOf = (path: string) => result.states.get(path)?.lines;
    for (const path of [
      "with space",
      "new\nline",
      'say "hi"',
      "tab\tthere",
      "grün 🦊",
      '"\\"quoted\\""',
      '"caf\\351"',
    ]) {
      expect(linesOf(path), path).toBe(7);
    }
    expect(linesOf("moved.txt")).toBe(0);
    expect(linesOf("moved elsewhere.txt")).toBe(20);
    expect(linesOf("text.txt")).toBe(8);
  });

  it("reports paths that alternated between text and binary as not compared", async () => {
    repository = new TemporaryRepository();
    for (const content of [lines(5), binary, lines(7), lines(8)]) {
      repository.write("alternating", content);
      repository.write("deleted", content);
      repository.commit();
    }
    rmSync(repository.path("deleted"));
    repository.commit();
    expect((await runOn(repository.directory)).verdict).toEqual({
      mismatches: [],
      notCompared: ["alternating", "deleted"],
    });
  });

  it("is read in the same way with any git configuration", async () => {
    repository = new TemporaryRepository();
    fill(repository);
    const expected = await readInput({ kind: "repository", directory: repository.directory });
    for (const [key, value] of Object.entries({
      "core.quotePath": "false",
      "color.ui": "always",
      "log.showRoot": "false",
      "log.showSignature": "true",
      "log.diffMerges": "combined",
      "log.date": "relative",
      "diff.renames": "copies",
      "diff.relative": "true",
      "diff.ignoreSubmodules": "all",
      "diff.submodule": "log",
      "diff.noprefix": "true",
      "diff.algorithm": "minimal",
    })) {
      repository.git("config", key, value);
    }
    expect(await readInput({ kind: "repository", directory: repository.directory })).toEqual(expected);
    expect(await readInput({ kind: "repository", directory: `${repository.directory}/doomed` })).toEqual(expected);
    vi.stubEnv("GIT_DIR", "/nowhere");
    expect(await readInput({ kind: "repository", directory: repository.directory })).toEqual(expected);
  });

  it("is rejected without a commit", async () => {
    repository = new TemporaryRepository();
    await expect(runOn(repository.directory)).rejects.toThrow(/git rev-parse failed in .*/);
  });

  it("is rejected if the directory does not exist", async () => {
    repository = new TemporaryRepository();
    await expect(runOn(`${repository.directory}/nowhere`)).rejects.toThrow(/git rev-parse failed .*cannot change to/);
  });

  it("is not read after an abort", async () => {
    repository = new TemporaryRepository();
    fill(repository);
    const reason = new Error("stopped");
    const source = { kind: "repository", directory: repository.directory } as const;
    await expect(readInput(source, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
