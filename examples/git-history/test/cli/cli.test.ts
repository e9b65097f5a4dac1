import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDemo } from "../support/demo.ts";
import { commitLine, dataExpected, dataFiles } from "../support/history.ts";
import { TemporaryRepository } from "../support/repository.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aether-git-history-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe("the command line", () => {
  it("runs by default on its own data and prints a summary", async () => {
    const { code, stdout, stderr } = await runDemo([]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    for (const part of ["12,912", "1,831", "915", "750", "Store      in memory", "OK: every file"]) {
      expect(stdout).toContain(part);
    }
  });

  it("prints one JSON object on one line", async () => {
    const { code, stdout, stderr } = await runDemo(["--json"]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout.trimEnd()).not.toContain("\n");
    expect(JSON.parse(stdout)).toMatchObject({
      events: 12_912,
      actors: 1_831,
      commits: 915,
      files: 750,
      mismatches: 0,
      conflicts: 0,
      appendEventsPerSecond: expect.any(Number),
      replayEventsPerSecond: expect.any(Number),
      store: "memory",
      writers: 1,
    });
  });

  it("reads a repository", async () => {
    const repository = new TemporaryRepository();
    try {
      repository.write("grün.md", "a\nb\n");
      repository.commit();
      const { code, stdout } = await runDemo(["--json", "--repo", repository.directory]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ events: 1, files: 1, mismatches: 0 });
    } finally {
      repository.remove();
    }
  });

  it("exits with 1 for a mismatch and names the file", async () => {
    const expected = write("wrong.tsv", `${Buffer.from(dataExpected())}7\t0\tnever/was\n`);
    const args = ["--log", dataFiles.log, "--expected", expected];
    const text = await runDemo(args);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain("never/was: expected 7 lines, got no change in the log");
    const json = await runDemo([...args, "--json"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ mismatches: 1 });
  });

  it("exits with 1 for a malformed line, names the line, and prints no result", async () => {
    const log = write("bad.log", `${commitLine(1)}\n\n1\t0\ta\n-3\t0\tb\n`);
    const { code, stdout, stderr } = await runDemo(["--json", "--log", log, "--expected", dataFiles.expected]);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toBe(`git-history: ${log}:4: "-3" is not a number of lines\n`);
  });

  it("exits with 1 if a file is missing", async () => {
    const { code, stdout, stderr } = await runDemo(["--log", join(folder, "no.log"), "--expected", dataFiles.expected]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("no.log");
  });

  it("exits with 1 if the server cannot be reached, without printing the password", async () => {
    const { code, stdout, stderr } = await runDemo([
      "--json",
      "--store",
      "jetstream",
      "--server",
      "nats://me:secret@127.0.0.1:1",
    ]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("cannot connect to nats://127.0.0.1:1");
    expect(stderr).not.toContain("secret");
  });

  it.each([["--nonsense"], ["--writers", "2"], ["--writers", "-1"], ["--log", "a"]])(
    "exits with 2 for wrong usage: %s %s",
    async (...args) => {
      const { code, stdout, stderr } = await runDemo(args);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^git-history: [^\n]*\nRun "npm run demo -- --help" for all options\.\n$/);
    },
  );

  it("prints its options with --help", async () => {
    const { code, stdout } = await runDemo(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("--writers N");
  });
});
