import { describe, expect, it, vi } from "vitest";
import { showProgress } from "../../src/cli/progress.ts";

describe("showProgress", () => {
  it("draws a bar on a terminal, not too often, and takes it away", () => {
    const now = vi.spyOn(performance, "now").mockReturnValue(0);
    const write = vi.fn();
    const progress = showProgress({ isTTY: true, write }, "append", 200);
    progress.update(50);
    progress.update(51);
    now.mockReturnValue(1_000);
    progress.update(200);
    expect(write.mock.calls).toEqual([
      [`\r\x1b[2Kappend ${"█".repeat(7)}${"░".repeat(23)} 50/200`],
      [`\r\x1b[2Kappend ${"█".repeat(30)} 200/200`],
    ]);
    progress.clear();
    expect(write).toHaveBeenLastCalledWith("\r\x1b[2K");
  });

  it("spares what is no terminal", () => {
    const write = vi.fn();
    const progress = showProgress({ write }, "append", 200);
    progress.update(50);
    progress.clear();
    expect(write).not.toHaveBeenCalled();
  });
});
