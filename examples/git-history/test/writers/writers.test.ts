import { fork } from "node:child_process";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { AppendTally } from "../../src/writers/append.ts";
import { runWriters, type WritersOptions } from "../../src/writers/writers.ts";
import { loggedEvents } from "../support/logged-events.ts";

const module = new URL("../support/fixtures/puppet-writer.mjs", import.meta.url);

/** Runs one writer per path. With as many writers as paths, each writer gets all the events of one path. */
function runPuppets(paths: readonly string[], options: WritersOptions = {}, streamName = "any") {
  const address = { kind: "jetstream", client: "nats", server: "none", streamName } as const;
  return runWriters(address, loggedEvents(paths, 3), paths.length, { module, ...options });
}

vi.mock("node:child_process", async (importOriginal) => {
  const actual = await importOriginal<typeof import("node:child_process")>();
  return { ...actual, fork: vi.fn(actual.fork) };
});

afterEach(() => {
  // No process is left after any outcome.
  for (const { value: child } of vi.mocked(fork).mock.results) {
    expect(child.exitCode ?? child.signalCode).not.toBeNull();
  }
  vi.mocked(fork).mockClear();
});

describe("runWriters", () => {
  it("sums the counts of the writers", async () => {
    const { tally, seconds } = await runPuppets(["a", "b", "c"]);
    expect(tally).toEqual({ appended: 9, conflicts: 6, conflictsResolved: 3 });
    expect(seconds).toBeGreaterThan(0);
  });

  it.each([
    ["dies", /writer 2 of 3 ended early with exit code 3/],
    ["is killed", /writer 2 of 3 ended early with SIGKILL/],
    ["fails", /writer 2 of 3 failed: the disk is full/],
  ])("fails if one writer %s, and stops the others", async (fate, message) => {
    await expect(runPuppets(["hangs", fate, "hangs"])).rejects.toThrow(message);
  });

  it("fails if a writer dies before it has opened the store", async () => {
    await expect(runPuppets(["a"], {}, "dies at once")).rejects.toThrow(/ended early with exit code 4/);
  });

  it("reports the progress of the writers, and stops them when the signal is aborted", async () => {
    const controller = new AbortController();
    const reason = new Error("stop");
    const reported: AppendTally[] = [];
    const onProgress = (tally: AppendTally): void => {
      reported.push(tally);
      if (reported.length === 2) controller.abort(reason);
    };
    await expect(runPuppets(["hangs", "hangs"], { signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(reported.at(-1)).toEqual({ appended: 6, conflicts: 4, conflictsResolved: 2 });
  });

  it("starts no writer if the signal is already aborted", async () => {
    const reason = new Error("stop");
    await expect(runPuppets(["hangs"], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(fork).not.toHaveBeenCalled();
  });
});
