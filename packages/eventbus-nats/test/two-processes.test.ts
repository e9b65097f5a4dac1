import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startNatsServer } from "@aether/nats-testing";
import { expect, onTestFinished, test } from "vitest";
import type { NatsBusMetrics } from "../src/index.ts";
import { eventually } from "./support/events.ts";

const script = fileURLToPath(new URL("./processes/exchange.mjs", import.meta.url));

/** Maximum time for one step of a process. */
const PATIENCE_MS = 40_000;

interface Report {
  readonly attempts: number;
  readonly rejected: number;
  readonly unconfirmed: number;
  readonly own: number;
  readonly fromPeer: number;
  readonly inOrder: boolean;
  readonly metrics: NatsBusMetrics;
}

/** A child process, and the lines that it has printed. */
class ExchangeProcess {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;

  constructor(args: readonly string[]) {
    this.#process = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    if (this.#process.stdout !== null) {
      createInterface({ input: this.#process.stdout }).on("line", (line) => this.lines.push(line));
    }
    onTestFinished(() => void this.#process.kill("SIGKILL"));
  }

  async printed(line: string): Promise<void> {
    await eventually(() => expect(this.lines).toContain(line), PATIENCE_MS);
  }

  send(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  async report(): Promise<Report> {
    await eventually(() => expect(this.lines.at(-1)).toMatch(/^\{/), PATIENCE_MS);
    return JSON.parse(this.lines.at(-1) ?? "") as Report;
  }
}

test.each(["nats", "@nats-io/transport-node"])(
  "two processes exchange 100,000 events through a server that is killed; every loss is accounted for: %s",
  async (client) => {
    const server = await startNatsServer({ jetStream: false });
    onTestFinished(() => server.stop());
    const count = 50_000;
    const [ann, bob] = [
      new ExchangeProcess([server.url, client, "ann", "bob", String(count)]),
      new ExchangeProcess([server.url, client, "bob", "ann", String(count)]),
    ];
    await Promise.all([ann.printed("ready"), bob.printed("ready")]);
    for (const each of [ann, bob]) each.send("go");
    await Promise.race([ann.printed("half"), bob.printed("half")]);
    await server.kill();
    await server.restart();
    await Promise.all([ann.printed("received"), bob.printed("received")]);
    for (const each of [ann, bob]) each.send("stop");
    await Promise.all([ann.printed("stopped"), bob.printed("stopped")]);
    for (const each of [ann, bob]) each.send("report");
    const reports = await Promise.all([ann.report(), bob.report()]);
    const [first, second] = reports;
    for (const [mine, theirs] of [
      [first, second],
      [second, first],
    ] as const) {
      const { metrics } = mine;
      expect(mine.inOrder).toBe(true);
      // Every publish that did not send its event rejected.
      // Every sent event reached its own bus's subscriber exactly once.
      expect(mine.attempts).toBe(metrics.published + mine.rejected);
      expect(mine.own).toBe(metrics.published);
      expect(metrics).toMatchObject({
        rejected: mine.rejected,
        unconfirmed: mine.unconfirmed,
        dropped: 0,
        malformed: 0,
      });
      // Every sent event that did not arrive is counted as missed by its receiver.
      expect(mine.fromPeer + metrics.missed).toBe(theirs.metrics.published);
    }
    expect(first.rejected + second.rejected + first.unconfirmed + second.unconfirmed).toBeGreaterThan(0);
  },
  120_000,
);
