import { InvalidNamespaceError } from "@aether/core";

/** Maximum length of a namespace or pattern, in bytes of UTF-8. */
export const MAX_NAMESPACE_BYTES = 255;

/** Maximum number of tokens in a namespace or pattern. */
export const MAX_NAMESPACE_TOKENS = 16;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for control characters
const blank = /[\s\u0000-\u001f\u007f-\u009f]/u;
const wildcard = /[*>]/;

/**
 * Checks a namespace: non-empty tokens separated by dots, without wildcards, white space or control characters.
 *
 * @throws `AETHER_INVALID_NAMESPACE`
 *
 * @example
 * ```ts
 * checkNamespace("tenant-a.orders");
 * checkNamespace("tenant-a.*"); // throws: this is a pattern
 * ```
 */
export function checkNamespace(namespace: unknown): asserts namespace is string {
  for (const token of tokensOf(namespace)) {
    if (wildcard.test(token)) throw invalidNamespace(namespace, "has a wildcard, which only patterns may have");
  }
}

/**
 * Checks a namespace pattern. A pattern is written like a namespace, but any token may be `*`, which matches exactly
 * one token, and the last token may be `>`, which matches one or more tokens.
 *
 * @throws `AETHER_INVALID_NAMESPACE`
 *
 * @example
 * ```ts
 * checkPattern("tenant-a.>");
 * checkPattern("tenant-a.>.orders"); // throws: only the last token may be ">"
 * ```
 */
export function checkPattern(pattern: unknown): asserts pattern is string {
  const tokens = tokensOf(pattern);
  for (const [index, token] of tokens.entries()) {
    if (token === "*") continue;
    if (token === ">") {
      if (index < tokens.length - 1) throw invalidNamespace(pattern, 'has ">" before its end');
    } else if (wildcard.test(token)) {
      throw invalidNamespace(pattern, "has a wildcard that is only a part of a token");
    }
  }
}

function tokensOf(name: unknown): readonly string[] {
  if (typeof name !== "string") {
    throw invalidNamespace(name, `must be a string, but is ${name === null ? "null" : typeof name}`);
  }
  if (name === "") throw invalidNamespace(name, "is empty");
  // Comparing the number of characters first avoids counting the bytes of a huge string.
  if (name.length > MAX_NAMESPACE_BYTES || bytesIn(name) > MAX_NAMESPACE_BYTES) {
    throw invalidNamespace(name, `is longer than ${MAX_NAMESPACE_BYTES} bytes`);
  }
  if (!name.isWellFormed()) throw invalidNamespace(name, "has a lone surrogate");
  if (blank.test(name)) throw invalidNamespace(name, "has white space or a control character");
  const tokens = name.split(".");
  if (tokens.length > MAX_NAMESPACE_TOKENS)
    throw invalidNamespace(name, `has more than ${MAX_NAMESPACE_TOKENS} tokens`);
  if (tokens.includes("")) throw invalidNamespace(name, "has an empty token: a dot at an end, or two in a row");
  return tokens;
}

/** Counts the bytes of a text in UTF-8. `TextEncoder` does not exist everywhere, for example not in jsdom. */
function bytesIn(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += 1 + Number(code > 0x7f) + Number(code > 0x7ff) + Number(code > 0xffff);
  }
  return bytes;
}

function invalidNamespace(name: unknown, reason: string): InvalidNamespaceError {
  return new InvalidNamespaceError({ namespace: typeof name === "string" ? name : describe(name), reason });
}

/** Describes a value that is not a string without calling any of its own methods. */
function describe(value: unknown): string {
  return typeof value === "object" || typeof value === "function" ? typeof value : String(value);
}
