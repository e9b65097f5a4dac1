/** Makes the error that refuses a value; `path` says where in it the culprit is. */
export type Refuse = (path: string, reason: string, cause?: unknown) => Error;

/** The keys that lead from a value to a part of it, as text: `data.lines[3]["unit price"]`. */
export function formatPath(root: string, keys: readonly (string | number)[]): string {
  let path = root;
  for (const key of keys) {
    if (typeof key === "number") path += `[${key}]`;
    else if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)) path += `[${JSON.stringify(key)}]`;
    else path += path === "" ? key : `.${key}`;
  }
  return path.length > 500 ? `${path.slice(0, 400)}...${path.slice(-90)}` : path;
}

/** A few words for what a value is, to be read after "is". Never throws, whatever the value does when it is looked at. */
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
      return classNameOf(value) === "" ? "an object" : `a ${classNameOf(value)} object`;
    default:
      return `a ${typeof value}`;
  }
}

function classNameOf(value: object): string {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" ? name : "";
}
