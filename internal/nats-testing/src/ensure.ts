#!/usr/bin/env node
/** Finds or installs a nats-server and prints its path, so that a build can prepare the server as a separate step. */
import { findNatsServer } from "./find/find-nats-server.ts";

try {
  const { path } = await findNatsServer();
  process.stdout.write(`${path}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
