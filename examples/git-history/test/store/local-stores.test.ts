import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runDemo } from "../support/demo.ts";

vi.setConfig({ testTimeout: 120_000 });

let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), "aether-git-history-"));
});
afterAll(() => rmSync(temporary, { recursive: true }));

describe.each(["file", "sqlite"])("the demo with --store %s", (kind) => {
  it.each(["1", "4"])("replays everything exactly, with %s writer(s), and removes its files", async (writers) => {
    const { code, stdout, stderr } = await runDemo(["--json", "--store", kind, "--writers", writers], {
      TMPDIR: temporary,
    });
    expect([code, stderr.replace(/^.*(?:ExperimentalWarning: SQLite|--trace-warnings).*\n/gm, "")]).toEqual([0, ""]);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ events: 12_912, actors: 1_831, mismatches: 0, folderMismatches: 0, store: kind });
    expect(result.conflictsResolved).toBe(result.conflicts);
    if (writers === "4") expect(result.conflicts).toBeGreaterThan(0);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
