import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startNatsServer } from "@aether/nats-testing";
import { expect, onTestFinished, test } from "vitest";
import type { NatsBusMetrics } from "../src/index.ts";
import { eventually } from "./support/events.ts";

const script = fileURLToPath(new URL("./processes/exchange.mjs", import.meta.url));

/** How long a process may take for one of its steps. */
const PATIENCE_MS = 40_000;

interface Report {
  readonly attempts: number;
  readonly refused: number;
  readonly unconfirmed: number;
  readonly own: number;
  readonly fromPeer: number;
  readonly inOrder: boolean;
  readonly metrics: NatsBusMetrics;
}

/** A process, and the lines that it has printed. */
class Talker {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;

  constructor(args: readonly string[]) {
    this.#process = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    if (this.#process.stdout !== null) {
      createInterface({ input: this.#process.stdout }).on("line", (line) => this.lines.push(line));
    }
    onTestFinished(() => void this.#process.kill("SIGKILL"));
  }

  async said(line: string): Promise<void> {
    await eventually(() => expect(this.lines).toContain(line), PATIENCE_MS);
  }

  say(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  async report(): Promise<Report> {
    await eventually(() => expect(this.lines.at(-1)).toMatch(/^\{/), PATIENCE_MS);
    return JSON.parse(this.lines.at(-1) ?? "") as Report;
  }
}

test.each(["nats", "@nats-io/transport-node"])(
  "two processes exchange 100,000 events through a server that is killed in the middle; every loss is accounted for: %s",
  async (client) => {
    const server = await startNatsServer({ jetStream: false });
    onTestFinished(() => server.stop());
    const count = 50_000;
    const [ann, bob] = [
      new Talker([server.url, client, "ann", "bob", String(count)]),
      new Talker([server.url, client, "bob", "ann", String(count)]),
    ];
    await Promise.all([ann.said("ready"), bob.said("ready")]);
    for (const each of [ann, bob]) each.say("go");
    await Promise.race([ann.said("half"), bob.said("half")]);
    await server.kill();
    await server.restart();
    await Promise.all([ann.said("heard"), bob.said("heard")]);
    for (const each of [ann, bob]) each.say("stop");
    await Promise.all([ann.said("stopped"), bob.said("stopped")]);
    for (const each of [ann, bob]) each.say("report");
    const reports = await Promise.all([ann.report(), bob.report()]);
    const [first, second] = reports;
    for (const [mine, theirs] of [
      [first, second],
      [second, first],
    ] as const) {
      const { metrics } = mine;
      expect(mine.inOrder).toBe(true);
      // What was not sent rejected; what was sent reached subscribers in the process, exactly once.
      expect(mine.attempts).toBe(metrics.published + mine.refused);
      expect(mine.own).toBe(metrics.published);
      expect(metrics).toMatchObject({ refused: mine.refused, unconfirmed: mine.unconfirmed, dropped: 0, malformed: 0 });
      // What was sent and did not arrive is counted where it is missing.
      expect(mine.fromPeer + metrics.missed).toBe(theirs.metrics.published);
    }
    expect(first.refused + second.refused + first.unconfirmed + second.unconfirmed).toBeGreaterThan(0);
  },
  120_000,
);
