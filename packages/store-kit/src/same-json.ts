/** Returns true if two values are equal as JSON. The order of properties does not matter. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return left === right;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((value, index) => sameJson(value, right[index]));
  }
  const entries = definedEntries(left);
  if (entries.length !== definedEntries(right).length) return false;
  return entries.every(([name, value]) => Object.hasOwn(right, name) && sameJson(value, Reflect.get(right, name)));
}

/** JSON leaves out properties that are `undefined`. */
function definedEntries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, each]) => each !== undefined);
}
