import { describe, expect, it, onTestFinished, vi } from "vitest";
import { runCommand } from "../src/run-command.ts";
import { tempFolder } from "./support/temp-folder.ts";

const sh = (script: string, options: Partial<Parameters<typeof runCommand>[2]> = {}): Promise<string> =>
  runCommand("sh", ["-c", script], { timeoutMs: 10_000, ...options });

describe("runCommand", () => {
  it("runs the program in the given folder and environment and resolves to its output", async () => {
    const cwd = await tempFolder();
    expect(await sh('echo "$GREETING from $(pwd)"', { cwd, env: { GREETING: "hello" } })).toBe(`hello from ${cwd}\n`);
  });

  it("reports the exit code and the standard error of the program", async () => {
    await expect(sh("echo no such luck >&2; exit 3")).rejects.toThrow(/exit code 3: no such luck$/);
  });

  it("reports that there is no such program", async () => {
    const running = runCommand("/nonexistent/program", ["--version"], { timeoutMs: 10_000 });
    await expect(running).rejects.toThrow("/nonexistent/program --version: no such program");
  });

  it("leaves no timer running after the program", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    await sh("exit 0");
    await expect(runCommand("/nonexistent/program", [], { timeoutMs: 10_000 })).rejects.toThrow();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("kills a program after the timeout", async () => {
    await expect(sh("exec sleep 60", { timeoutMs: 50 })).rejects.toThrow(/killed after 50 ms$/);
  });

  it("rejects with the reason of its signal, before and while the program runs", async () => {
    const reason = new Error("enough");
    await expect(sh("exit 0", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const running = sh("exec sleep 60", { signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});
