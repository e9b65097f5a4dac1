const MAX_LENGTH = 600;
const MAX_DEPTH = 6;

/** Formats any value for a message: on one line, and shortened if it is long. Never throws. */
export function show(value: unknown): string {
  const text = print(value, 0);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 3)}...` : text;
}

function print(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return quote(value.length > MAX_LENGTH ? value.slice(0, MAX_LENGTH) : value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `[function ${value.name}]`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "object":
      return value === null ? "null" : printObject(value, depth);
    default:
      return String(value);
  }
}

function printObject(value: object, depth: number): string {
  if (value instanceof Error) return printError(value);
  if (depth === MAX_DEPTH) return "...";
  if (Array.isArray(value)) return printItems(value, depth);
  const kind = kindOf(value);
  if (kind !== "Object") return `[${kind}]`;
  const shown: string[] = [];
  let length = 0;
  for (const [key, part] of Object.entries(value)) {
    // The whole text is shortened to this length, so what follows would not be visible.
    if (length > MAX_LENGTH) break;
    const text = `${printKey(key)}: ${print(part, depth + 1)}`;
    length += text.length;
    shown.push(text);
  }
  return shown.length === 0 ? "{}" : `{ ${shown.join(", ")} }`;
}

function printItems(items: readonly unknown[], depth: number): string {
  const shown: string[] = [];
  let length = 0;
  for (const item of items.slice(0, 20)) {
    if (length > MAX_LENGTH) break;
    const text = print(item, depth + 1);
    length += text.length;
    shown.push(text);
  }
  if (items.length > 20) shown.push(`... ${items.length} in total`);
  return `[${shown.join(", ")}]`;
}

function printError(error: Error): string {
  const code = "code" in error ? ` (${String(error.code)})` : "";
  return `${error.name}${code}: ${error.message}`;
}

function printKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

/** Characters that are invisible, look like a space, or combine with their neighbours. */
const INVISIBLE = /[\p{M}\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]|(?! )\p{Zs}/gu;

/** Quotes a text. Escapes characters that could make two different texts look the same. */
function quote(text: string): string {
  const ambiguous = text === text.normalize("NFC") ? INVISIBLE : /[^ -~]/gu;
  return JSON.stringify(text).replace(ambiguous, escapeUnits);
}

function escapeUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** The built-in type of an object, such as `"Object"`, `"Date"` or `"Map"`. */
export function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
