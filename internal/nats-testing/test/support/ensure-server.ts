import { findNatsServer } from "../../src/index.ts";

/** A first installation takes longer than a test may. */
export async function setup(): Promise<void> {
  await findNatsServer();
}
