import { withoutCredentials } from "./connection.ts";
import type { StoreChoice } from "./options.ts";
import type { RunResult } from "./run-result.ts";
import { shown } from "./shown.ts";

const busiestShown = 5;
const mismatchesShown = 10;

/** The result as one line of JSON. */
export function toJson(result: RunResult): string {
  return JSON.stringify({
    events: result.events,
    actors: result.states.size,
    commits: result.commits,
    files: result.files,
    exact: result.mismatches.length === 0,
    mismatches: result.mismatches.length,
    mismatchDetails: result.mismatches.slice(0, mismatchesShown),
    conflicts: result.tally.conflictsMet,
    conflictsResolved: result.tally.conflictsResolved,
    appendEventsPerSecond: perSecond(result.events, result.appendSeconds),
    replayEventsPerSecond: perSecond(result.events, result.replaySeconds),
    busiest: busiestActors(result),
    store: result.store.kind,
    ...(result.store.kind === "jetstream" ? { client: result.store.client } : {}),
    writers: result.writers,
  });
}

/** The result for a person. */
export function toText(result: RunResult): string {
  const { tally, mismatches } = result;
  const rows: readonly (readonly [string, string])[] = [
    ["events", format(result.events)],
    ["actors", `${format(result.states.size)} (paths)`],
    ["commits", format(result.commits)],
    ["files", `${format(result.files)} in the end`],
    ["store", describeStore(result.store)],
    ["writers", format(result.writers)],
    ["conflicts", `${format(tally.conflictsMet)} met, ${format(tally.conflictsResolved)} resolved`],
    ["append", `${format(perSecond(result.events, result.appendSeconds))} events/s`],
    ["replay", `${format(perSecond(result.events, result.replaySeconds))} events/s`],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(10)} ${value}`),
    "",
    "the busiest actors:",
    ...busiestActors(result).map(
      ({ path, events, lines }) => `  ${shownPath(path)}: ${format(events)} events, ${format(lines)} lines`,
    ),
    "",
    mismatches.length === 0
      ? "exact: every path was replayed to its true state"
      : `NOT exact: ${format(mismatches.length)} path(s) were not replayed to their true state`,
    ...mismatches
      .slice(0, mismatchesShown)
      .map(({ path, expected, got }) => `  ${shownPath(path)}: expected ${expected}, got ${got}`),
    ...(mismatches.length > mismatchesShown ? [`  and ${format(mismatches.length - mismatchesShown)} more`] : []),
  ].join("\n");
}

function busiestActors({ states }: RunResult) {
  return [...states]
    .map(([path, { changes, lines }]) => ({ path, events: changes, lines }))
    .sort((a, b) => b.events - a.events || (a.path < b.path ? -1 : 1))
    .slice(0, busiestShown);
}

function describeStore(store: StoreChoice): string {
  if (store.kind === "memory") return "memory";
  const where = store.server === undefined ? "a server of its own" : withoutCredentials(store.server);
  return `jetstream, by the client ${store.client}, on ${where}`;
}

/** A path as it is where that is safe on a terminal, else in quotes. */
function shownPath(path: string): string {
  return /^[^\p{Cc}"]+$/u.test(path) ? path : shown(path, Number.POSITIVE_INFINITY);
}

function perSecond(events: number, seconds: number): number {
  return events === 0 ? 0 : Math.round(events / Math.max(seconds, 1e-6));
}

function format(count: number): string {
  return count.toLocaleString("en-US");
}
