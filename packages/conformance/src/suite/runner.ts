/** What the test runners have in common. */
export interface Runner {
  /** Groups what its body declares. */
  describe(name: string, body: () => void): unknown;
  /** Declares a test: it fails if its body rejects. */
  test(name: string, body: () => Promise<void>): unknown;
}

/** Registers cases as tests, grouped by theme, in their order. */
export function register<One extends { readonly theme: string; readonly name: string }>(
  { describe, test }: Runner,
  cases: readonly One[],
  play: (one: One) => Promise<void>,
): void {
  for (const theme of new Set(cases.map((one) => one.theme))) {
    describe(theme, () => {
      for (const one of cases) if (one.theme === theme) test(one.name, () => play(one));
    });
  }
}
