import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryEventStore } from "@aether/store-memory";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { InputFiles } from "../src/log/read-input.ts";
import { run } from "../src/run.ts";
import { dataExpected, dataFiles } from "./support/history.ts";

const runOn = (files: InputFiles) =>
  run({ source: { kind: "files", ...files }, store: { kind: "memory" }, writers: 1 });

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

describe("a run in memory", () => {
  it("replays the bundled history exactly", async () => {
    const { events, commits, expected, states, folders, folderMismatches, verdict, tally } = await runOn(dataFiles);
    expect({ events, commits, files: expected.size, actors: states.size, ...verdict }).toEqual({
      events: 12_912,
      commits: 915,
      files: 750,
      actors: 1_831,
      mismatches: [],
      notCompared: [],
    });
    expect(folders.get("jetstream/")).toEqual({ lines: 24_094, changes: 1_522 });
    expect([folders.size, folderMismatches]).toEqual([25, []]);
    expect(tally).toEqual({ appended: 12_912, conflicts: 0, conflictsResolved: 0 });
    expect(Math.max(...[...states.values()].map(({ changes }) => changes))).toBe(134);
  });

  const correct = Buffer.from(dataExpected()).toString();
  const [first = ""] = correct.split("\n");
  it.each([
    ["a missing file", correct.replace(`${first}\n`, ""), 1, true],
    ["a wrong line count", correct.replace(/^(\d+)/, (count) => String(Number(count) + 1)), 1, true],
    ["an unknown file", `${correct}0\t0\tnever/was\n`, 1, false],
    ["a text file as binary", correct.replace(/^\d+\t0/, "-\t-"), 1, false],
    ["no file", "", 750, true],
  ])("finds a mismatch if the expected state has %s", async (_, expected, mismatches, isLineCount) => {
    const result = await runOn({ log: dataFiles.log, expected: write("expected.tsv", expected) });
    expect(result.verdict.mismatches).toHaveLength(mismatches);
    expect(result.folderMismatches.length > 0).toBe(isLineCount);
  });

  it.each([
    ["the log", { log: "bad", expected: dataFiles.expected }],
    ["the expected state", { log: dataFiles.log, expected: "bad" }],
  ])("stores nothing if %s is malformed", async (_, files) => {
    const saveEvent = vi.spyOn(MemoryEventStore.prototype, "saveEvent");
    const bad = write("bad", "1\t2\n");
    const named = {
      log: files.log === "bad" ? bad : files.log,
      expected: files.expected === "bad" ? bad : files.expected,
    };
    await expect(runOn(named)).rejects.toThrow(`${bad}:1: `);
    expect(saveEvent).not.toHaveBeenCalled();
  });

  it("closes the store if the run fails", async () => {
    vi.spyOn(MemoryEventStore.prototype, "getEvents").mockRejectedValue(new Error("no memory"));
    const close = vi.spyOn(MemoryEventStore.prototype, "close");
    await expect(runOn(dataFiles)).rejects.toThrow("no memory");
    expect(close).toHaveBeenCalledOnce();
  });

  it("reports both errors if closing the store fails too", async () => {
    vi.spyOn(MemoryEventStore.prototype, "getEvents").mockRejectedValue(new Error("no memory"));
    vi.spyOn(MemoryEventStore.prototype, "close").mockRejectedValue(new Error("no end"));
    await expect(runOn(dataFiles)).rejects.toMatchObject({ errors: [{ message: "no memory" }, { message: "no end" }] });
  });
});
