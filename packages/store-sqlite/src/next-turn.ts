/** Resolves after the event loop has handled what is waiting: timers, messages and the calls of others. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
