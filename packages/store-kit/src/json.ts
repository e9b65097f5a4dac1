import { describe, formatPath, type Refuse } from "./refusal.ts";

/**
 * How deeply data may be nested.
 *
 * @example
 * ```ts
 * console.log(`data may be nested ${MAX_JSON_DEPTH} levels deep`);
 * ```
 */
export const MAX_JSON_DEPTH = 1_000;

/**
 * How many values (objects, arrays and what is in them) data may have in all.
 *
 * @example
 * ```ts
 * console.log(`data may have ${MAX_JSON_VALUES} values`);
 * ```
 */
export const MAX_JSON_VALUES = 1_000_000;

/**
 * A deeply frozen copy of a JSON object, sharing nothing with it. What JSON would lose or change is refused, with the
 * path to it: functions, symbols, BigInt, NaN and infinities, cycles, class instances (dates, maps, buffers...),
 * `undefined` in an array, more than {@link MAX_JSON_DEPTH} levels or {@link MAX_JSON_VALUES} values. A property that is
 * `undefined` is left out, and -0 becomes 0, as in JSON. Getters are read once.
 *
 * @param root - what the object is called in paths
 * @throws what `refuse` makes
 *
 * @example
 * ```ts
 * const refuse: Refuse = (path, reason) => new Error(`${path} ${reason}`);
 * const copy = detachJson({ total: 7 }, "state", refuse); // frozen, and nobody else has it
 * ```
 */
export function detachJson<T extends object>(value: T, root: string, refuse: Refuse): T {
  try {
    if (Array.isArray(value) || typeof value !== "object" || value === null) {
      throw new Culprit(`must be a JSON object, but is ${describe(value)}`);
    }
    return new JsonCopier().copy(value) as T;
  } catch (error) {
    const culprit = culpritOf(error);
    throw refuse(formatPath(root, culprit.trail.reverse()), culprit.reason, culprit.cause);
  }
}

/**
 * Freezes what `JSON.parse` made, at every depth.
 *
 * @param depth - that of the value itself: 0 for a record whose fields are the objects that {@link detachJson} let pass
 *
 * @example
 * ```ts
 * const refuse: Refuse = (path, reason) => new Error(`${path} ${reason}`);
 * const state: unknown = freezeJson(JSON.parse(line), "state", refuse);
 * ```
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

/** Thrown inside this file only. It gathers the way to what is wrong as it passes through the callers. */
class Culprit {
  readonly reason: string;
  readonly cause: unknown;
  /** The keys on the way to it, the last one first. */
  readonly trail: (string | number)[] = [];

  constructor(reason: string, cause?: unknown) {
    this.reason = reason;
    this.cause = cause;
  }
}

/** What was thrown by a getter or a proxy is a culprit, too. */
function culpritOf(error: unknown): Culprit {
  return error instanceof Culprit ? error : new Culprit("cannot be read", error);
}

/** The error with another key in front of its way. */
function under(key: string | number, error: unknown): Culprit {
  const culprit = culpritOf(error);
  culprit.trail.push(key);
  return culprit;
}

/** What contains the value that is being copied, the innermost first. */
interface Ancestors {
  readonly innermost: object;
  readonly others: Ancestors | undefined;
  readonly depth: number;
}

class JsonCopier {
  #values = 0;

  copy(value: unknown, ancestors?: Ancestors): unknown {
    if (++this.#values > MAX_JSON_VALUES) throw new Culprit(`is more than ${MAX_JSON_VALUES} values into the data`);
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        if (!Number.isFinite(value)) throw new Culprit(`is ${value}, which JSON cannot carry`);
        return value === 0 ? 0 : value; // -0 too
      case "object":
        return value === null ? null : this.#copyObject(value, ancestors);
      default:
        throw new Culprit(`is ${describe(value)}, which JSON cannot carry${hints[typeof value] ?? ""}`);
    }
  }

  #copyObject(value: object, ancestors: Ancestors | undefined): object {
    for (let each = ancestors; each !== undefined; each = each.others) {
      if (each.innermost === value) throw new Culprit("is a cycle: it contains itself");
    }
    if ((ancestors?.depth ?? 0) >= MAX_JSON_DEPTH) {
      throw new Culprit(`is nested more than ${MAX_JSON_DEPTH} levels deep`);
    }
    return Object.freeze(Array.isArray(value) ? this.#copyItems(value, ancestors) : this.#copyFields(value, ancestors));
  }

  #copyItems(items: readonly unknown[], ancestors: Ancestors | undefined): unknown[] {
    const copy: unknown[] = [];
    const inside = within(items, ancestors);
    for (let index = 0; index < items.length; index++) {
      try {
        copy.push(this.copy(items[index], inside));
      } catch (error) {
        throw under(index, error);
      }
    }
    return copy;
  }

  #copyFields(value: object, ancestors: Ancestors | undefined): object {
    if (!isPlain(value)) {
      throw new Culprit(
        `is ${describe(value)}, which JSON cannot carry${hints[describe(value)] ?? ": use a plain object"}`,
      );
    }
    if (Object.getOwnPropertySymbols(value).length > 0)
      throw new Culprit("has a symbol as a key, which JSON cannot carry");
    const copy: Record<string, unknown> = {};
    let inside: Ancestors | undefined;
    // Not for...in with Object.hasOwn, which costs ten times as much.
    for (const key of Object.keys(value)) {
      try {
        const property: unknown = (value as Record<string, unknown>)[key];
        if (property === undefined) continue;
        // Most objects hold no others: only those that do are somebody's ancestors.
        if (typeof property === "object") inside ??= within(value, ancestors);
        const kept = this.copy(property, inside);
        if (key === "__proto__") defineProto(copy, kept);
        else copy[key] = kept;
      } catch (error) {
        throw under(key, error);
      }
    }
    return copy;
  }
}

function within(innermost: object, others: Ancestors | undefined): Ancestors {
  return { innermost, others, depth: (others?.depth ?? 0) + 1 };
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

/** Makes `__proto__` an ordinary property, as `JSON.parse` does, and not the prototype. */
function defineProto(object: object, value: unknown): void {
  Object.defineProperty(object, "__proto__", { value, enumerable: true, configurable: true, writable: true });
}
