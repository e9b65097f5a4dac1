/** Depth up to which values are checked. Deeper ones, and cycles, need a complete check. */
const MAX_DEPTH = 50;

/**
 * Returns true if the parts of a value that an earlier value does not have are certainly JSON. The parts that both have
 * are not checked again, so that a small change of a large document is cheap. Returns false if the value needs a
 * complete check, which also finds the path to the offending part.
 */
export function isJsonChange(value: unknown, earlier: unknown, depth = 0): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      if (value === null || value === earlier) return true;
      if (depth > MAX_DEPTH) return false;
      return Array.isArray(value) ? hasJsonItems(value, earlier, depth) : hasJsonFields(value, earlier, depth);
    default:
      return false;
  }
}

type Parts = Readonly<Record<string | number, unknown>>;

function hasJsonItems(items: readonly unknown[], earlier: unknown, depth: number): boolean {
  const known = earlier as Parts | null | undefined;
  for (let index = 0; index < items.length; index++) {
    if (!isJsonChange(items[index], known?.[index], depth + 1)) return false;
  }
  return true;
}

function hasJsonFields(value: object, earlier: unknown, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const known = earlier as Parts | null | undefined;
  for (const key of Object.keys(value)) {
    const field = (value as Parts)[key];
    // As in JSON, such a field is left out.
    if (field !== undefined && !isJsonChange(field, known?.[key], depth + 1)) return false;
  }
  return true;
}
