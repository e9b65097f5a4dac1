/** The function of a test runner that declares a test. */
export interface TestFunction {
  /** Declares a test. It fails if `body` rejects. Test runners without a timeout per test ignore `timeoutMs`. */
  (name: string, body: () => Promise<void>, timeoutMs?: number): unknown;
  /** Declares a test that does not run, and that the report lists as skipped. */
  readonly skip?: (name: string, body: () => Promise<void>) => unknown;
}

/** The two functions that every test runner has. */
export interface TestRunner {
  /** Groups the tests that `body` declares. */
  describe(name: string, body: () => void): unknown;
  /** Declares a test. Its property `skip`, if it has one, declares the cases that lack a hook as skipped. */
  readonly test: TestFunction;
}

/** A case that can be registered as a test. */
interface Registrable {
  readonly group: string;
  readonly name: string;
}

/**
 * Registers cases as tests, grouped and in the given order. A case for which `reasonToSkip` returns a reason is
 * declared as skipped, or left out if the test runner cannot skip.
 */
export function registerCases<Case extends Registrable>(
  { describe, test }: TestRunner,
  cases: readonly Case[],
  run: (registered: Case) => Promise<void>,
  reasonToSkip: (registered: Case) => string | undefined = () => undefined,
  timeoutMs?: number,
): void {
  const register = (each: Case): void => {
    const reason = reasonToSkip(each);
    if (reason === undefined) test(each.name, () => run(each), timeoutMs);
    else test.skip?.(`${each.name} (skipped: ${reason})`, async () => {});
  };
  const groups = new Map<string, Case[]>();
  for (const each of cases) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  for (const [group, members] of groups) {
    if (test.skip === undefined && members.every((each) => reasonToSkip(each) !== undefined)) continue;
    describe(group, () => members.forEach(register));
  }
}
