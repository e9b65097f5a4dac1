/** Returns the error for an invalid value. `path` leads to the offending part of the value. */
export type ErrorAt = (path: string, reason: string, cause?: unknown) => Error;

/** Formats the keys that lead from a value to a part of it: `data.lines[3]["unit price"]`. Shortens a long path. */
export function formatPath(root: string, keys: readonly (string | number)[]): string {
  let path = root;
  for (const key of keys) {
    if (typeof key === "number") path += `[${key}]`;
    else if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)) path += `[${JSON.stringify(key)}]`;
    else path += path === "" ? key : `.${key}`;
  }
  return path.length > 500 ? `${path.slice(0, 400)}...${path.slice(-90)}` : path;
}
