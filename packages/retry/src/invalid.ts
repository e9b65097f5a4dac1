import { InvalidArgumentError } from "@aether/core";

/** Returns the error for an invalid argument. */
export function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}
