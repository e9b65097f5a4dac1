/** Formats any value for a message, as indented JSON with the types that JSON does not have. Never throws. */
export function show(value: unknown): string {
  if (value instanceof Error) return showError(value);
  try {
    return JSON.stringify(value, replaceForeign, 2) ?? String(value);
  } catch {
    return String(value);
  }
}

function showError(error: Error): string {
  const code = "code" in error ? ` (${String(error.code)})` : "";
  return `${error.name}${code}: ${error.message}`;
}

function replaceForeign(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { Map: [...value] };
  if (value instanceof Set) return { Set: [...value] };
  if (value instanceof Error) return showError(value);
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "function" ? `[function ${value.name}]` : value;
}
