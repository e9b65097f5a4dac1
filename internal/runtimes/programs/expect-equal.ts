/** Throws unless two values have the same JSON. The module works in every runtime, which `node:assert` does not. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [found, wanted] = [actual, expected].map((value) => JSON.stringify(value));
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, but found ${found}`);
}
