import type { LoggedEvent } from "../../src/events/file-event.ts";
import { inferEvents } from "../../src/events/infer-events.ts";
import { parseGitLog } from "../../src/log/git-log.ts";
import { bytes, commitLine } from "./history.ts";

/** Returns `each` events for every path. Each event adds one line. */
export function loggedEvents(paths: readonly string[], each: number): readonly LoggedEvent[] {
  const rounds = Array.from({ length: each }, (_, round) => [
    commitLine(round + 1),
    ...paths.map((path) => `1\t0\t${path}`),
  ]);
  return inferEvents(parseGitLog(bytes(...rounds.flat()), "a.log").changes);
}
