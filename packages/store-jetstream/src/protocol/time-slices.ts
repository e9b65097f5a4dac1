import { pause } from "@aether/nats";

/** Maximum time for which a computation keeps the event loop, in milliseconds, apart from its longest single step. */
const SLICE_MS = 10;

/**
 * Runs a computation that yields after each step. Lets the event loop continue whenever the steps have taken a while. A
 * short computation ends without a pause.
 */
export async function inTimeSlices<Result>(steps: Generator<undefined, Result, undefined>): Promise<Result> {
  let endMs = performance.now() + SLICE_MS;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < endMs) continue;
    await nextTask();
    endMs = performance.now() + SLICE_MS;
  }
}

/** Waits until the event loop has handled the waiting input and timers. A browser has no `setImmediate`. */
function nextTask(): Promise<void> {
  const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };
  return setImmediate === undefined ? pause(0) : new Promise((resolve) => void setImmediate(resolve));
}
