/** Describes the differences of two JSON values, line by line: `-` is expected, `+` is actual. */
export function differences(actual: object | undefined, expected: object | undefined): string {
  const [from, to] = [linesOf(expected), linesOf(actual)];
  const common = commonLengths(from, to);
  const lines: string[] = [];
  let [left, right] = [0, 0];
  while (left < from.length || right < to.length) {
    const isSame = left < from.length && right < to.length && from[left] === to[right];
    const skipLeft = common[left + 1]?.[right] ?? -1;
    const skipRight = common[left]?.[right + 1] ?? -1;
    if (isSame) {
      lines.push(`  ${from[left++]}`);
      right++;
    } else if (right >= to.length || (left < from.length && skipLeft >= skipRight)) lines.push(`- ${from[left++]}`);
    else lines.push(`+ ${to[right++]}`);
  }
  return ["- expected", "+ actual", "", ...lines].join("\n");
}

/** Returns true if two JSON values are the same, whatever the order of their properties. */
export function isSameJson(one: object | undefined, other: object | undefined): boolean {
  return linesOf(one).join("\n") === linesOf(other).join("\n");
}

function linesOf(value: object | undefined): readonly string[] {
  if (value === undefined) return ["no document"];
  return JSON.stringify(value, sortKeys, 2).split("\n");
}

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Returns the lengths of the longest common subsequences of all ends of two lists. */
function commonLengths(from: readonly string[], to: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: from.length + 1 }, () => new Array<number>(to.length + 1).fill(0));
  for (let left = from.length - 1; left >= 0; left--) {
    for (let right = to.length - 1; right >= 0; right--) {
      const row = table[left];
      const below = table[left + 1];
      if (row === undefined || below === undefined) continue;
      row[right] =
        from[left] === to[right] ? (below[right + 1] ?? 0) + 1 : Math.max(below[right] ?? 0, row[right + 1] ?? 0);
    }
  }
  return table;
}
