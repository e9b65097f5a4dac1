import { InvalidNamespaceError } from "@aether/core";

/**
 * The longest namespace or pattern, in bytes of UTF-8.
 *
 * @example
 * ```ts
 * new TextEncoder().encode(namespace).length <= MAX_NAMESPACE_BYTES;
 * ```
 */
export const MAX_NAMESPACE_BYTES = 255;

/**
 * The most tokens that a namespace or a pattern may have.
 *
 * @example
 * ```ts
 * namespace.split(".").length <= MAX_NAMESPACE_TOKENS;
 * ```
 */
export const MAX_NAMESPACE_TOKENS = 16;

const encoder = new TextEncoder();
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const blank = /[\s\u0000-\u001f\u007f-\u009f]/u;
const wildcard = /[*>]/;

/**
 * Checks a namespace, where events are published: tokens between dots, none of them empty, without wildcards, white
 * space and control characters.
 *
 * @throws `AETHER_INVALID_NAMESPACE`
 *
 * @example
 * ```ts
 * checkNamespace("tenant-a.orders");
 * checkNamespace("tenant-a.*"); // throws: that is a pattern
 * ```
 */
export function checkNamespace(namespace: unknown): asserts namespace is string {
  for (const token of tokensOf(namespace)) {
    if (wildcard.test(token)) throw refusal(namespace, "has a wildcard, which only patterns may have");
  }
}

/**
 * Checks a pattern of namespaces: like a namespace, but a token may be `*` (exactly one token), and the last one may be
 * `>` (one token or more).
 *
 * @throws `AETHER_INVALID_NAMESPACE`
 *
 * @example
 * ```ts
 * checkPattern("tenant-a.>");
 * checkPattern("tenant-a.>.orders"); // throws: > stands at the end only
 * ```
 */
export function checkPattern(pattern: unknown): asserts pattern is string {
  const tokens = tokensOf(pattern);
  for (const [index, token] of tokens.entries()) {
    if (token === "*") continue;
    if (token === ">") {
      if (index < tokens.length - 1) throw refusal(pattern, 'has ">" before its end');
    } else if (wildcard.test(token)) {
      throw refusal(pattern, "has a wildcard that is only a part of a token");
    }
  }
}

function tokensOf(name: unknown): readonly string[] {
  if (typeof name !== "string") throw refusal(name, `must be a string, but is ${name === null ? "null" : typeof name}`);
  if (name === "") throw refusal(name, "is empty");
  // Characters first: nothing longer than the limit is encoded or split.
  if (name.length > MAX_NAMESPACE_BYTES || encoder.encode(name).length > MAX_NAMESPACE_BYTES) {
    throw refusal(name, `is longer than ${MAX_NAMESPACE_BYTES} bytes`);
  }
  if (!name.isWellFormed()) throw refusal(name, "has a lone surrogate");
  if (blank.test(name)) throw refusal(name, "has white space or a control character");
  const tokens = name.split(".");
  if (tokens.length > MAX_NAMESPACE_TOKENS) throw refusal(name, `has more than ${MAX_NAMESPACE_TOKENS} tokens`);
  if (tokens.includes("")) throw refusal(name, "has an empty token: a dot at an end, or two in a row");
  return tokens;
}

function refusal(name: unknown, reason: string): InvalidNamespaceError {
  return new InvalidNamespaceError({ namespace: typeof name === "string" ? name : describe(name), reason });
}

/** Never calls anything of the value's own. */
function describe(value: unknown): string {
  return typeof value === "object" || typeof value === "function" ? typeof value : String(value);
}
