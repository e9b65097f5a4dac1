import { findNatsServer } from "../../src/index.ts";

/** Installs a server if there is none. This runs before all tests, because it can exceed the time limit of a test. */
export async function setup(): Promise<void> {
  await findNatsServer();
}
