import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryPlace } from "./memory-place.ts";
import { problemsOf } from "./schedule.ts";

/** A rule, and a change of the code that leaves it out. */
interface Mutant {
  readonly rule: string;
  readonly file: string;
  readonly code: string;
  readonly change: string;
  /** Part of a problem that the schedules must find. */
  readonly problem: string;
}

const mutants: readonly Mutant[] = [
  {
    rule: "a rejection or an empty decision on a cached state is verified",
    file: "handling/decisions.ts",
    code: "if (confirmedAt < call.arrivedAt) return",
    change: "if (confirmedAt < 0) return",
    problem: "wrong outcome",
  },
  {
    rule: "a load does not share a read that began before it",
    file: "state/state-reader.ts",
    code: "(actor.reading.begunAt ?? 0) > moment",
    change: "(actor.reading.begunAt ?? 0) > 0",
    problem: "a load returned version",
  },
  {
    rule: "an asynchronous decision is based on the state at its beginning",
    file: "handling/decisions.ts",
    code: "later, known, { version, state, confirmedAt })",
    change: "later, known)",
    problem: "does not follow",
  },
  {
    rule: "the cache contains no events before they are acknowledged",
    file: "handling/store-command-handler.ts",
    code: "this.#counters.saves++;",
    change: "this.#counters.saves++; step.known.addSaved(step.events, step.version, step.nextState);",
    problem: "a state that is not that of its version",
  },
  {
    rule: "the cache keeps command ids",
    file: "state/known-state.ts",
    code: "this.commandIds.add(event);",
    change: "",
    problem: "saved the same command",
  },
  {
    rule: "snapshots keep command ids",
    file: "snapshots/snapshots.ts",
    code: "commandIds: commandIds.toJSON()",
    change: "commandIds: { completeFrom: 0, ids: [] }",
    problem: "saved the same command",
  },
  {
    rule: "a snapshot with too few command ids is ignored",
    file: "state/command-ids.ts",
    code: "return completeFrom === 0 || ids.length >= this.#capacity;",
    change: "return completeFrom === 0 || ids.length >= 0;",
    problem: "saved the same command",
  },
  {
    rule: "an exact search knows which ids are forgotten",
    file: "state/command-ids.ts",
    code: "this.#completeFrom = Math.max(this.#completeFrom, last + 1);",
    change: "",
    problem: "saved the same command",
  },
  {
    rule: "a command id is looked for before the expected version and the decision",
    file: "handling/decisions.ts",
    code: "if (this.#parts.repeats.mayFind(call, known)) return this.#decideUnlessRepeated(call, known);",
    change: "",
    problem: "saved the same command",
  },
  {
    rule: "a command id is looked for after a conflict with an expected version",
    file: "handling/store-command-handler.ts",
    code: "if (events === undefined) throw error;",
    change: "throw error;",
    problem: "not recognised as a repeat",
  },
  {
    rule: "a conflict with the same event returns the stored events",
    file: "handling/store-command-handler.ts",
    code: "const events = await this.#repeats.readCommit(call, commit);",
    change: "const { events } = commit;",
    problem: "not stored",
  },
  {
    rule: "after an unknown outcome, the same events are saved again",
    file: "handling/store-command-handler.ts",
    code: "call.unsettled = commit;",
    change: "",
    problem: "does not follow",
  },
  {
    rule: "events that the state contains are not added again",
    file: "state/known-state.ts",
    code: "events : events.filter(this.#isNew);",
    change: "events : events;",
    problem: "state",
  },
];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aether-decider-"));
  symlinkSync(fileURLToPath(new URL("../../../../node_modules", import.meta.url)), join(folder, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(mutants)(
  "the schedules detect the absence of a rule: $rule",
  async ({ file, code, change, problem }) => {
    const source = join(
      folder,
      `mutant-${mutants.findIndex((mutant) => mutant.file === file && mutant.code === code)}`,
    );
    cpSync(fileURLToPath(new URL("../../src", import.meta.url)), source, { recursive: true });
    const path = join(source, file);
    const original = readFileSync(path, "utf8");
    expect(original.split(code).length, `${code} must occur once in ${file}`).toBe(2);
    writeFileSync(path, original.replace(code, change));
    const mutant = await import(join(source, "index.ts"));
    let found: string[] = [];
    const isDetected = (): boolean =>
      found.some((each) => each.includes(problem) && !/failed: (?:Type|Reference|Syntax)Error/.test(each));
    for (let seed = 1; seed <= 3_000 && !isDetected(); seed++) {
      found = await problemsOf(seed, memoryPlace(seed), mutant);
    }
    expect(isDetected(), `problems: ${found.join("; ")}`).toBe(true);
  },
  60_000,
);
