import { quoted } from "../log/malformed-input.ts";
import type { RunResult } from "../run.ts";
import { withoutCredentials } from "../store/connection.ts";
import type { StoreChoice } from "../store/run-store.ts";
import type { Verdict } from "../verify.ts";
import type { AppendTally } from "../writers/append.ts";

const maxBusiest = 5;
const maxFolders = 5;
const maxPaths = 10;

/** Returns the result as one line of JSON. */
export function toJson(result: RunResult): string {
  const { mismatches, notCompared } = result.verdict;
  return JSON.stringify({
    events: result.events,
    actors: result.states.size,
    commits: result.commits,
    files: result.expected.size,
    mismatches: mismatches.length,
    mismatchDetails: mismatches.slice(0, maxPaths),
    notCompared: notCompared.length,
    conflicts: result.tally.conflicts,
    conflictsResolved: result.tally.conflictsResolved,
    appendEventsPerSecond: perSecond(result.events, result.appendSeconds),
    replayEventsPerSecond: perSecond(result.events, result.replaySeconds),
    busiest: busiestActors(result),
    folders: largestFolders(result),
    folderMismatches: result.folderMismatches.length,
    store: result.store.kind,
    ...(result.store.kind === "jetstream" ? { client: result.store.client } : {}),
    writers: result.writers,
  });
}

/** Returns the result as a summary for a terminal. */
export function toText(result: RunResult): string {
  const rows: readonly (readonly [string, string])[] = [
    ["Events", `${format(result.events)} from ${format(result.commits)} commits`],
    ["Actors", `${format(result.states.size)} file paths; ${format(result.expected.size)} files exist at the end`],
    ["Store", describeStore(result.store)],
    ["Writers", result.writers === 1 ? "1" : `${result.writers} competing processes`],
    ["Conflicts", describeConflicts(result.tally)],
    ["Append", `${format(perSecond(result.events, result.appendSeconds))} events/s`],
    ["Replay", `${format(perSecond(result.events, result.replaySeconds))} events/s`],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(11)}${value}`),
    "",
    "Actors with the most events:",
    ...busiestActors(result).map(
      ({ path, events, lines }) =>
        `${format(events).padStart(7)} events  ${describeLines(result, path, lines).padStart(12)}  ${printable(path)}`,
    ),
    "",
    "Read model: lines by top-level folder",
    ...largestFolders(result).map(
      ({ folder, lines, changes }) =>
        `${format(lines).padStart(7)} lines   ${`${format(changes)} events`.padStart(12)}  ${printable(folder)}`,
    ),
    "",
    ...describeVerdict(result.verdict),
    ...describeFolders(result),
  ].join("\n");
}

function describeFolders({ folders, folderMismatches }: RunResult): readonly string[] {
  const count = (folder: number): string => `${format(folder)} ${folder === 1 ? "folder" : "folders"}`;
  if (folderMismatches.length === 0) return [`OK: the read model has the right lines of ${count(folders.size)}.`];
  const details = folderMismatches.map(
    (one) => `  ${printable(one.path)}: expected ${one.expected}, got ${one.actual}`,
  );
  return [`FAILED: the read model is wrong in ${count(folderMismatches.length)}.`, ...firstOf(details)];
}

function describeVerdict({ mismatches, notCompared }: Verdict): readonly string[] {
  const skipped = `Not compared: ${files(notCompared.length)}, text at one time and binary at another.`;
  const exact = `OK: every ${notCompared.length === 0 ? "" : "other "}file was replayed to its expected state.`;
  const wrong = `FAILED: ${files(mismatches.length)} not replayed to the expected state.`;
  const details = mismatches.map((one) => `  ${printable(one.path)}: expected ${one.expected}, got ${one.actual}`);
  return [
    ...(notCompared.length === 0 ? [] : [skipped, ...firstOf(notCompared.map((path) => `  ${printable(path)}`))]),
    ...(mismatches.length === 0 ? [exact] : [wrong, ...firstOf(details)]),
  ];
}

function firstOf(lines: readonly string[]): readonly string[] {
  const more = lines.length - maxPaths;
  return more > 0 ? [...lines.slice(0, maxPaths), `  and ${format(more)} more`] : lines;
}

function largestFolders({ folders }: RunResult) {
  return [...folders]
    .map(([folder, { lines, changes }]) => ({ folder, lines, changes }))
    .sort((a, b) => b.lines - a.lines || (a.folder < b.folder ? -1 : 1))
    .slice(0, maxFolders);
}

function busiestActors({ states }: RunResult) {
  return [...states]
    .map(([path, { changes, lines }]) => ({ path, events: changes, lines }))
    .sort((a, b) => b.events - a.events || (a.path < b.path ? -1 : 1))
    .slice(0, maxBusiest);
}

function describeLines({ expected }: RunResult, path: string, lines: number): string {
  const file = expected.get(path);
  if (file === "binary") return "binary";
  if (file === undefined && lines === 0) return "deleted";
  return `${format(lines)} ${lines === 1 ? "line" : "lines"}`;
}

function describeConflicts({ conflicts, conflictsResolved }: AppendTally): string {
  if (conflicts === 0) return "none";
  return `${format(conflicts)}, ${conflicts === conflictsResolved ? "all" : format(conflictsResolved)} resolved`;
}

function describeStore(store: StoreChoice): string {
  if (store.kind === "memory") return "in memory";
  if (store.kind === "file") return "one append-only file";
  if (store.kind === "sqlite") return "one SQLite file";
  const server = store.server === undefined ? "a temporary server" : withoutCredentials(store.server);
  return `JetStream on ${server}, with the client ${store.client}`;
}

/** Returns a path unchanged if a terminal can show it unchanged. Otherwise, returns it in quotes with escapes. */
function printable(path: string): string {
  return /^[^\p{Cc}"]+$/u.test(path) ? path : quoted(path, Number.POSITIVE_INFINITY);
}

function perSecond(events: number, seconds: number): number {
  return events === 0 ? 0 : Math.round(events / Math.max(seconds, 1e-6));
}

function files(count: number): string {
  return `${format(count)} ${count === 1 ? "file" : "files"}`;
}

function format(count: number): string {
  return count.toLocaleString("en-US");
}
