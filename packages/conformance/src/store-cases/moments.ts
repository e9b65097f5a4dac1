import { nextTurn } from "../checks/next-turn.ts";
import { microtasks, pause } from "../checks/pause.ts";

/** A moment after the call, at which the signal is aborted. */
export interface Moment {
  readonly when: string;
  readonly wait: () => Promise<void>;
  /** The reason of the abort. Some are falsy. */
  readonly reason: unknown;
}

/** Times from the turn of the call to some milliseconds later. */
const times: readonly Omit<Moment, "reason">[] = [
  ...[0, 1, 2, 3, 5, 8, 15].map((count) => ({
    when: `${count} microtasks after the call`,
    wait: () => microtasks(count),
  })),
  { when: "in the next turn of the event loop", wait: nextTurn },
  { when: "two turns of the event loop after the call", wait: () => nextTurn().then(nextTurn) },
  ...[1, 2].map((ms) => ({ when: `${ms} ms after the call`, wait: () => pause(ms) })),
];

const falsy: readonly unknown[] = [null, 0, "", false];

/** The moments, each with a reason of its own. Every third reason is falsy. */
export const moments: readonly Moment[] = times.map((moment, index) => ({
  ...moment,
  reason: index % 3 === 1 ? falsy[(index - 1) / 3] : new Error(`enough, ${moment.when}`),
}));
