import { describe, expect, it, vi } from "vitest";
import { progressOn } from "../../src/cli/progress.ts";

describe("progressOn", () => {
  it("draws a bar on a terminal, at most every 50 ms, and clears it", () => {
    const now = vi.spyOn(performance, "now").mockReturnValue(0);
    const write = vi.fn();
    const progress = progressOn({ isTTY: true, write });
    progress.update("append", 50, 200);
    progress.update("append", 51, 200);
    now.mockReturnValue(1_000);
    progress.update("append", 200, 200);
    expect(write.mock.calls).toEqual([
      [`\r\x1b[2Kappend ${"█".repeat(7)}${"░".repeat(23)} 50/200`],
      [`\r\x1b[2Kappend ${"█".repeat(30)} 200/200`],
    ]);
    progress.clear();
    expect(write).toHaveBeenLastCalledWith("\r\x1b[2K");
    progress.note("starting");
    expect(write).toHaveBeenLastCalledWith("\r\x1b[2Kstarting");
  });

  it("writes nothing if the output is not a terminal", () => {
    const write = vi.fn();
    const progress = progressOn({ write });
    progress.note("starting");
    progress.update("append", 50, 200);
    progress.clear();
    expect(write).not.toHaveBeenCalled();
  });
});
