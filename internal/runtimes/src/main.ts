/**
 * Packs the packages, installs them outside the workspace, and checks that they work in other runtimes and tools. The
 * arguments are targets: `node@22`, `bun`, `chromium`, `typescript@5.4`, `jest`. Without arguments, all targets are
 * checked.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startNatsServer } from "@aether/nats-testing";
import { createApplication } from "./application.ts";
import { unavailable } from "./check.ts";
import { type Outcome, printTable } from "./table.ts";
import { groups, selectTargets } from "./targets.ts";

const scratch = await mkdtemp(join(tmpdir(), "aether-runtimes-"));
try {
  const targets = selectTargets(process.argv.slice(2));
  const application = await createApplication(scratch);
  const webSocket = `127.0.0.1:${await freePort()}`;
  await using server = await startNatsServer({ config: `websocket { listen: "${webSocket}", no_tls: true }` });
  const context = { application, scratch, url: server.url, webSocketUrl: `ws://${webSocket}` };
  const failed: Outcome[] = [];
  for (const group of groups) {
    const outcomes: Outcome[] = [];
    for (const target of targets.filter(group.includes)) {
      process.stderr.write(`checking ${target}\n`);
      const found = await group.check(target, context).catch((error: unknown) => [unavailable(target, error)]);
      outcomes.push(...found);
    }
    if (outcomes.length > 0) process.stdout.write(`\n${printTable(outcomes)}`);
    failed.push(...outcomes.filter(({ failure }) => failure !== undefined));
  }
  for (const { row, column, failure } of failed) process.stderr.write(`\n${row}, ${column}: ${failure}\n`);
  if (failed.length > 0) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true });
}
