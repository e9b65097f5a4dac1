import { isAetherError } from "@aether/core";
import { pause } from "../pause.ts";
import type { LivePointer } from "./live-pointer.ts";

/** Maximum time of one wait for the processor, in milliseconds. The wait is repeated. */
const WAIT_MS = 60_000;
const PAUSE_MS = 500;

/**
 * Makes a version the live one as soon as it has handled everything in the store. Everything that an earlier version
 * shows was stored before, so reads never go back.
 * Ends without a switch if the processor stops. Never rejects.
 */
export async function switchWhenCaughtUp(
  version: number,
  pointer: LivePointer,
  drain: (options: { readonly timeoutMs: number; readonly signal: AbortSignal }) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && (pointer.known ?? 0) < version) {
    try {
      const options = { timeoutMs: WAIT_MS, signal };
      await drain(options);
      // The first wait may have been long. What was stored meanwhile is handled soon.
      await drain(options);
      await pointer.advance(signal);
    } catch (error) {
      if (signal.aborted || isAetherError(error, "AETHER_PROCESSOR_STOPPED")) return;
      if (isAetherError(error, "AETHER_PROJECTION_DROPPED")) return;
      await pause(PAUSE_MS, signal);
    }
  }
}
