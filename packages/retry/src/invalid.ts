import { InvalidArgumentError } from "@aether/core";

/** An argument that makes no sense. */
export function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}

/** Options as they were given. A default stands in for `undefined` only, not for `null`. @throws `AETHER_INVALID_ARGUMENT` */
export function given<Options>(options: Options): Options {
  if (Object(options) !== options) throw invalid("options", "must be an object");
  return options;
}

/** Checks what types would have prevented, where a mistake would show late. @throws `AETHER_INVALID_ARGUMENT` */
export function checkFunction(argument: string, value: unknown): void {
  if (typeof value !== "function") throw invalid(argument, "must be a function");
}
