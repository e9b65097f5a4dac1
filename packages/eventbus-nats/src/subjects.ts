import { InvalidArgumentError } from "@aether/core";

/** The longest prefix, in bytes: it leaves room for any namespace, encoded. */
const MAX_PREFIX_BYTES = 255;

const safe = /^[A-Za-z0-9_-]+$/;
const safeName = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Checks what stands before all subjects of a bus. @throws `AETHER_INVALID_ARGUMENT` */
export function checkPrefix(prefix: unknown): asserts prefix is string {
  if (typeof prefix === "string" && safeName.test(prefix) && prefix.length <= MAX_PREFIX_BYTES) return;
  throw new InvalidArgumentError({
    argument: "options.prefix",
    reason: `must be tokens of letters, digits, - and _ between dots, ${MAX_PREFIX_BYTES} bytes at most`,
  });
}

/**
 * The subject of a valid namespace or pattern: `<prefix>.<namespace>`. Tokens stay tokens and wildcards stay wildcards.
 * In the other tokens every byte of UTF-8 but letters, digits, `-` and `_` becomes `=` and two hexadecimal digits (as in
 * RFC 2045, section 6.7): different namespaces have different subjects, and nothing in them means anything to NATS.
 */
export function subjectFor(prefix: string, namespace: string): string {
  if (safeName.test(namespace)) return `${prefix}.${namespace}`;
  return `${prefix}.${namespace.split(".").map(encodeToken).join(".")}`;
}

/** The namespace of a subject under the prefix, as far as it can be read: for messages to people. */
export function namespaceOf(prefix: string, subject: string): string {
  const encoded = subject.slice(prefix.length + 1);
  return encoded.replace(/(=[0-9A-F]{2})+/g, (bytes) =>
    decoder.decode(Uint8Array.from(bytes.slice(1).split("="), (digits) => Number.parseInt(digits, 16))),
  );
}

function encodeToken(token: string): string {
  if (safe.test(token) || token === "*" || token === ">") return token;
  let encoded = "";
  for (const byte of encoder.encode(token)) {
    const character = String.fromCharCode(byte);
    encoded += safe.test(character) ? character : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
