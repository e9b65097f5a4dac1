import { InvalidArgumentError } from "@aether/core";

/** Checks an option that counts something. @throws `AETHER_INVALID_ARGUMENT` */
export function checkCount(value: unknown, argument: string): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  refuse(argument, "must be an integer from 1", value);
}

/** Checks a number of attempts, which may be unlimited. @throws `AETHER_INVALID_ARGUMENT` */
export function checkAttempts(value: unknown, argument: string): void {
  if (value === Number.POSITIVE_INFINITY) return;
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  refuse(argument, "must be an integer from 1, or Infinity", value);
}

/** Checks a time in milliseconds. @throws `AETHER_INVALID_ARGUMENT` */
export function checkMs(value: unknown, argument: string): void {
  if (Number.isFinite(value) && (value as number) >= 0) return;
  refuse(argument, "must be a finite number of milliseconds, at least 0", value);
}

/** Checks that something can be called. @throws `AETHER_INVALID_ARGUMENT` */
export function checkFunction(value: unknown, argument: string): void {
  if (typeof value !== "function") refuse(argument, "must be a function", value);
}

/** Checks that something is an object. @throws `AETHER_INVALID_ARGUMENT` */
export function checkObject(value: unknown, argument: string): void {
  if (typeof value !== "object" || value === null) refuse(argument, "must be an object", value);
}

function refuse(argument: string, reason: string, value: unknown): never {
  const shown = typeof value === "number" || value === null ? String(value) : `of type ${typeof value}`;
  throw new InvalidArgumentError({ argument, reason: `${reason}, but is ${shown}` });
}
