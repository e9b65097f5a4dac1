import { InvalidArgumentError, invalid } from "@aether/core";
import { detachJson, freezeJson } from "@aether/store-kit";

/** Throws unless the value is a well-formed text of at most 4,096 bytes. */
export function checkText(value: unknown, argument: string): asserts value is string {
  if (typeof value !== "string") throw invalid(argument, "must be a string");
  if (!value.isWellFormed()) throw invalid(argument, "must be well-formed");
  if (new TextEncoder().encode(value).length > 4_096) throw invalid(argument, "is too long");
}

/** Throws unless the value is `undefined`, `"absent"` or has the form of a revision. */
export function checkExpectation(expected: unknown, argument: string): string | undefined {
  if (expected === undefined || expected === "absent") return expected;
  if (typeof expected === "string" && /^[0-9a-f]{32}-[1-9]\d{0,15}$/.test(expected)) return expected;
  throw invalid(argument, 'must be a revision or "absent"');
}

/** Reads the fields of an object. */
export function fieldsOf(value: unknown, path: string, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw invalid(path, "must be an object");
  return Object.fromEntries(names.map((name) => [name, Reflect.get(value, name)]));
}

export function encodeValue(value: object, path: string): string {
  return JSON.stringify(detachJson(value, path, (argument, reason) => new InvalidArgumentError({ argument, reason })));
}

export function decodeValue(json: string, error: (reason: string) => Error): object {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw error("is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw error("is not a JSON object");
  return freezeJson(value, "value", (_, reason) => error(reason));
}
