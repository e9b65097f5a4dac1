import { vi } from "vitest";

/** Repeats a check until it passes. The limit only ends tests that hang. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: 20_000, interval: 20 });
}
