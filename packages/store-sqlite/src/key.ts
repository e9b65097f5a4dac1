/**
 * Returns the key of an actor id, a collection or a document id in the database: the id as in a JSON string, without
 * the quotation marks. So a key contains no NUL, which some drivers do not read, and no two ids have the same key.
 */
export function keyOf(id: string): string {
  return JSON.stringify(id).slice(1, -1);
}

/** Characters that differ in an id and its key. */
const ESCAPED = /["\\\p{Cc}]/u;

/** Returns true if a key is that of an id. */
export function isKeyOf(key: string | undefined, id: string): boolean {
  // Usually, the key is the id.
  return key === id ? !ESCAPED.test(id) || keyOf(id) === key : keyOf(id) === key;
}

/** Returns the id of a key, or `undefined` if no id has this key. */
export function idOf(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  try {
    const id: unknown = JSON.parse(`"${key}"`);
    return typeof id === "string" && keyOf(id) === key ? id : undefined;
  } catch {
    return undefined;
  }
}
