#!/usr/bin/env node
/** Finds or installs a nats-server and prints its path. A build can run this as a separate step before the tests. */
import { findNatsServer } from "./find/find-nats-server.ts";

try {
  const { path } = await findNatsServer();
  process.stdout.write(`${path}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
