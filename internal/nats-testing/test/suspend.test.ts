import { type ChildProcess, spawn } from "node:child_process";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ServerProcess } from "../src/server/server-process.ts";
import { suspend } from "../src/server/suspend.ts";

/** Starts a process. `send` decides which signals it receives. */
function fakeProcess(send: (child: ChildProcess, signal: NodeJS.Signals) => boolean): ServerProcess {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const pid = child.pid ?? expect.unreachable("there is no sleep");
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    pid,
    routePort: undefined,
    leafPort: undefined,
    port: 4222,
    version: "0",
    running: true,
    ended,
    send: (signal) => send(child, signal),
  };
}

describe("suspend", () => {
  it("resolves only when the process has really stopped", async () => {
    let sent = 0;
    const slow = fakeProcess((child, signal) => {
      sent += 1;
      return sent < 5 || child.kill(signal);
    });
    await suspend(slow);
    expect(sent).toBeGreaterThanOrEqual(5);
  });

  it("rejects when the process does not stop in time", async () => {
    const unresponsive = fakeProcess(() => true);
    await expect(suspend(unresponsive, 20)).rejects.toThrow(`process ${unresponsive.pid} did not stop within 20 ms`);
  });

  it("rejects when the process has ended", async () => {
    const dead = fakeProcess(() => false);
    await expect(suspend(dead)).rejects.toThrow("the nats-server on port 4222 is not running");
  });
});
