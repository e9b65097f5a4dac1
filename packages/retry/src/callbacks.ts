import { invalid } from "@aether/core";

/** Throws unless `value` is a function. @throws `AETHER_INVALID_ARGUMENT` */
export function checkFunction(argument: string, value: unknown): void {
  if (typeof value !== "function") throw invalid(argument, "must be a function");
}

/**
 * Calls a listener, if there is one. An error that the listener throws becomes an uncaught exception, because it must
 * not change the outcome of the operation.
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
