import { InvalidArgumentError } from "@aether/core";

/**
 * A copy of an options object, each of its fields read once.
 *
 * @throws `AETHER_INVALID_ARGUMENT` when it is no object, or cannot be read
 */
export function readOptions<Options extends object>(options: Options): Options {
  if (typeof options !== "object" || options === null) throw invalid("options", "must be an object");
  try {
    const copy = {} as Options;
    for (const name in options) copy[name] = options[name]; // inherited ones, too
    return copy;
  } catch (cause) {
    throw new InvalidArgumentError({ argument: "options", reason: "cannot be read", cause });
  }
}

/** Checks that a value, where there is one, has these methods. @throws `AETHER_INVALID_ARGUMENT` */
export function checkMethods(argument: string, value: unknown, type: string, ...methods: readonly string[]): void {
  if (value !== undefined && !hasMethods(value, methods)) throw invalid(argument, `must be ${type}`);
}

/** Checks that a value, where there is one, is a function. @throws `AETHER_INVALID_ARGUMENT` */
export function checkFunction(argument: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") throw invalid(argument, "must be a function");
}

/** An argument that makes no sense. */
export function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  try {
    return methods.every((method) => typeof (value as Record<string, unknown>)[method] === "function");
  } catch {
    return false;
  }
}
