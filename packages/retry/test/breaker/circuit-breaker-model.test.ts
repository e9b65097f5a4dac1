import fc from "fast-check";
import { expect, test } from "vitest";
import { CircuitBreaker, type CircuitState, simple } from "../../src/index.ts";

/** The documented behaviour, written as plainly as possible. */
class Model {
  state: CircuitState = { status: "closed", failures: 0 };
  run(outcome: "saved" | "conflict" | "other", nowMs: number): boolean {
    if (this.state.status === "open" && nowMs >= this.state.untilMs)
      this.state = { status: "half-open", probes: 0, successes: 0 };
    if (this.state.status === "open") return false;
    if (this.state.status === "closed") {
      if (outcome === "saved") this.state = { status: "closed", failures: 0 };
      if (outcome === "conflict") this.state = { status: "closed", failures: this.state.failures + 1 };
      if (outcome === "conflict" && this.state.status === "closed" && this.state.failures === 5)
        this.state = { status: "open", untilMs: nowMs + 30_000 };
    } else {
      if (outcome === "saved") this.state = { ...this.state, successes: this.state.successes + 1 };
      if (outcome === "conflict") this.state = { status: "open", untilMs: nowMs + 30_000 };
      if (this.state.status === "half-open" && this.state.successes === 3)
        this.state = { status: "closed", failures: 0 };
    }
    return true;
  }
}

test("for any sequence of attempts and times, the breaker behaves like the model", () => {
  const step = fc.record({
    outcome: fc.constantFrom("saved" as const, "conflict" as const, "other" as const),
    afterMs: fc.constantFrom(0, 0, 0, 0, 10_000, 30_000),
  });
  const mostlyConflicts = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant({ outcome: "conflict" as const, afterMs: 0 }) },
      { weight: 4, arbitrary: step },
    ),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(mostlyConflicts, (steps) => {
      let nowMs = 0;
      const clock = { now: () => nowMs, sleep: async () => {} };
      const breaker = new CircuitBreaker({ clock });
      const policy = breaker.around(simple());
      const model = new Model();
      for (const { outcome, afterMs } of steps) {
        nowMs += afterMs;
        let admitted = true;
        try {
          policy.admit?.("a")?.(outcome);
        } catch {
          admitted = false;
        }
        expect(admitted).toBe(model.run(outcome, nowMs));
        expect(breaker.stateOf("a")).toEqual(model.state);
      }
    }),
  );
});
