import { findNatsServer } from "../../src/index.ts";

/** Installs a server if there is none, which can exceed the time limit of a test. */
export async function setup(): Promise<void> {
  await findNatsServer();
}
