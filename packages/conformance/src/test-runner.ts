/** The two functions that every test runner has. */
export interface TestRunner {
  /** Groups the tests that `body` declares. */
  describe(name: string, body: () => void): unknown;
  /** Declares a test. It fails if `body` rejects. */
  test(name: string, body: () => Promise<void>): unknown;
}

/** Registers cases as tests, grouped and in the given order. */
export function registerCases<Case extends { readonly group: string; readonly name: string }>(
  { describe, test }: TestRunner,
  cases: readonly Case[],
  run: (registered: Case) => Promise<void>,
): void {
  for (const group of new Set(cases.map((each) => each.group))) {
    describe(group, () => {
      for (const each of cases) if (each.group === group) test(each.name, () => run(each));
    });
  }
}
