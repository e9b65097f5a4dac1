import { describe, formatPath, type Refuse } from "./refusal.ts";

/** How deeply data may be nested. */
export const MAX_JSON_DEPTH = 1_000;

/** How many values (objects, arrays and what is in them) data may have in all. */
export const MAX_JSON_VALUES = 1_000_000;

/**
 * A deeply frozen copy of a JSON object, sharing nothing with it. What JSON would lose or change is refused, with the
 * path to it: functions, symbols, BigInt, NaN and infinities, cycles, class instances (dates, maps, buffers...),
 * `undefined` in an array, more than {@link MAX_JSON_DEPTH} levels or {@link MAX_JSON_VALUES} values. A property that is
 * `undefined` is left out, and -0 becomes 0, as in JSON. Getters are read once.
 *
 * @param root - what the object is called in paths
 * @throws what `refuse` makes
 */
export function detachJson<T extends object>(value: T, root: string, refuse: Refuse): T {
  const copier = new JsonCopier();
  try {
    if (Array.isArray(value) || typeof value !== "object" || value === null) {
      throw new Culprit(`must be a JSON object, but is ${describe(value)}`);
    }
    return copier.copy(value) as T;
  } catch (error) {
    const path = formatPath(root, copier.trail);
    if (error instanceof Culprit) throw refuse(path, error.reason);
    throw refuse(path, "cannot be read", error);
  }
}

/**
 * Freezes what `JSON.parse` made, at every depth.
 *
 * @param depth - that of the value itself: 0 for a record whose fields are the objects that {@link detachJson} let pass
 */
export function freezeJson<T>(value: T, root: string, refuse: Refuse, depth = 1): T {
  if (!freezeDeeply(value, depth)) throw refuse(root, `is nested more than ${MAX_JSON_DEPTH} levels deep`);
  return value;
}

/** False if it is nested too deeply. */
function freezeDeeply(part: unknown, depth: number): boolean {
  if (typeof part !== "object" || part === null) return true;
  if (depth > MAX_JSON_DEPTH) return false;
  // What was parsed has no properties but its own, so that this loop, the fastest, sees just those.
  for (const key in part) if (!freezeDeeply((part as Record<string, unknown>)[key], depth + 1)) return false;
  Object.freeze(part);
  return true;
}

/** Thrown inside this file only: the path is known where it is caught. */
class Culprit {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

class JsonCopier {
  /** The keys on the way to the value that is being copied; after an error, to the culprit. */
  readonly trail: (string | number)[] = [];
  readonly #ancestors: object[] = [];
  #values = 0;

  copy(value: unknown): unknown {
    if (++this.#values > MAX_JSON_VALUES) throw new Culprit(`is more than ${MAX_JSON_VALUES} values into the data`);
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        if (!Number.isFinite(value)) throw new Culprit(`is ${value}, which JSON cannot carry`);
        return value === 0 ? 0 : value; // -0 too
      case "object":
        return value === null ? null : this.#copyObject(value);
      default:
        throw new Culprit(`is ${describe(value)}, which JSON cannot carry${hints[typeof value] ?? ""}`);
    }
  }

  #copyObject(value: object): object {
    if (this.#ancestors.includes(value)) throw new Culprit("is a cycle: it contains itself");
    if (this.#ancestors.length === MAX_JSON_DEPTH) {
      throw new Culprit(`is nested more than ${MAX_JSON_DEPTH} levels deep`);
    }
    this.#ancestors.push(value);
    const copy = Array.isArray(value) ? this.#copyItems(value) : this.#copyProperties(value);
    this.#ancestors.pop();
    return Object.freeze(copy);
  }

  #copyItems(items: readonly unknown[]): unknown[] {
    const copy: unknown[] = [];
    for (let index = 0; index < items.length; index++) {
      this.trail.push(index);
      copy.push(this.copy(items[index]));
      this.trail.pop();
    }
    return copy;
  }

  #copyProperties(value: object): object {
    if (!isPlain(value)) {
      throw new Culprit(
        `is ${describe(value)}, which JSON cannot carry${hints[describe(value)] ?? ": use a plain object"}`,
      );
    }
    if (Object.getOwnPropertySymbols(value).length > 0)
      throw new Culprit("has a symbol as a key, which JSON cannot carry");
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      this.trail.push(key);
      const property: unknown = (value as Record<string, unknown>)[key];
      if (property !== undefined) define(copy, key, this.copy(property));
      this.trail.pop();
    }
    return copy;
  }
}

const hints: Readonly<Record<string, string>> = {
  bigint: ": use a string",
  undefined: ": use null",
  "a Date object": ": use toISOString()",
};

/** An object literal, of this realm or another, or one without a prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Sets a property; `__proto__` becomes an ordinary one, as `JSON.parse` makes it, and not the prototype. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
