/** Not all runtimes have it. It is much faster than a timer, which takes at least 1 ms. */
const { setImmediate: soon = (work: () => void) => setTimeout(work, 0) } = globalThis as {
  readonly setImmediate?: (work: () => void) => unknown;
};

/** Resolves in a later turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void soon(resolve));
}
