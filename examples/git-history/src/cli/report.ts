import type { RunResult } from "../run-result.ts";
import { shown } from "../shown.ts";
import { withoutCredentials } from "../store/connection.ts";
import type { Verdict } from "../verify.ts";
import type { StoreChoice } from "./options.ts";

const busiestShown = 5;
const pathsShown = 10;

/** The result as one line of JSON. */
export function toJson(result: RunResult): string {
  const { mismatches, undetermined } = result.verdict;
  return JSON.stringify({
    events: result.events,
    actors: result.states.size,
    commits: result.commits,
    files: result.files,
    mismatches: mismatches.length,
    mismatchDetails: mismatches.slice(0, pathsShown),
    undetermined: undetermined.length,
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
  const { tally } = result;
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
    ...describeVerdict(result.verdict),
  ].join("\n");
}

function describeVerdict({ mismatches, undetermined }: Verdict): readonly string[] {
  const unknown = `not compared: ${format(undetermined.length)} path(s), once text and once binary, whose lines the log does not tell`;
  const exact = `exact: every ${undetermined.length === 0 ? "" : "other "}path was replayed to its true state`;
  const wrong = `NOT exact: ${format(mismatches.length)} path(s) were not replayed to their true state`;
  const lines = mismatches.map(({ path, expected, got }) => `  ${shownPath(path)}: expected ${expected}, got ${got}`);
  return [
    ...(undetermined.length === 0 ? [] : [unknown, ...firstOf(undetermined.map((path) => `  ${shownPath(path)}`))]),
    ...(mismatches.length === 0 ? [exact] : [wrong, ...firstOf(lines)]),
  ];
}

function firstOf(lines: readonly string[]): readonly string[] {
  const more = lines.length - pathsShown;
  return more > 0 ? [...lines.slice(0, pathsShown), `  and ${format(more)} more`] : lines;
}

function busiestActors({ states }: RunResult) {
  return [...states]
    .map(([path, { changes, lines }]) => ({ path, events: changes, lines }))
    .sort((a, b) => b.events - a.events || (a.path < b.path ? -1 : 1))
    .slice(0, busiestShown);
}

function describeStore(store: StoreChoice): string {
  if (store.kind === "memory") return "memory";
  if (store.kind === "file") return "one append-only file";
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
