/**
 * Calls a listener that only looks on. What it throws cannot undo what it is told of, so it becomes an uncaught error
 * instead of the result of whatever call happened to cause it.
 */
export function notify<Value>(listener: ((value: Value) => void) | undefined, value: Value): void {
  try {
    listener?.(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
