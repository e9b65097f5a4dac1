import { invalid } from "@aether/core";
import { decodeToken, encodeToken } from "@aether/nats";

/** Maximum length of the prefix, in bytes. It leaves enough room in a subject for any encoded namespace. */
const MAX_PREFIX_BYTES = 255;

const safeName = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

/** Checks the prefix of all subjects of a bus. @throws `AETHER_INVALID_ARGUMENT` */
export function checkPrefix(prefix: unknown): asserts prefix is string {
  if (typeof prefix === "string" && safeName.test(prefix) && prefix.length <= MAX_PREFIX_BYTES) return;
  const rule = "tokens of letters, digits, - and _, separated by dots";
  throw invalid("options.prefix", `must be at most ${MAX_PREFIX_BYTES} bytes: ${rule}`);
}

/**
 * Returns the subject of a valid namespace or pattern: `<prefix>.<namespace>`. Wildcards stay wildcards, and every
 * other token is encoded. Different namespaces have different subjects, and encoded tokens contain no characters that
 * are special to NATS.
 */
export function subjectFor(prefix: string, namespace: string): string {
  if (safeName.test(namespace)) return `${prefix}.${namespace}`;
  return `${prefix}.${namespace.split(".").map(encodeUnlessWildcard).join(".")}`;
}

/** Returns the namespace of a subject under the prefix, decoded as far as possible, for error messages and statuses. */
export function namespaceOf(prefix: string, subject: string): string {
  return decodeToken(subject.slice(prefix.length + 1));
}

function encodeUnlessWildcard(token: string): string {
  return token === "*" || token === ">" ? token : encodeToken(token);
}
