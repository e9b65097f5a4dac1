/** Describes a value in a few words, phrased to follow "is". Never throws, even if reading the value throws. */
export function describe(value: unknown): string {
  try {
    return kindOf(value);
  } catch {
    return "an object that cannot be read";
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "number":
      return String(value);
    case "bigint":
      return "a BigInt";
    case "undefined":
      return "undefined";
    case "object":
      return kindOfObject(classNameOf(value));
    default:
      return `a ${typeof value}`;
  }
}

function kindOfObject(className: string): string {
  if (className === "" || className === "Object") return "an object";
  return `${/^[AEIO]/i.test(className) ? "an" : "a"} ${className} object`;
}

/** Returns the name of the class of an object; empty if it has none. */
export function classNameOf(value: object): string {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" ? name : "";
}
