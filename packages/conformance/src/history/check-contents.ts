import type { HistoryViolation, RecordedEvent } from "./history.ts";

/** Hears of a violation. */
export type Report = (violation: HistoryViolation) => void;

/** What holds for any contents, whoever wrote them: every event once, every version once, versions rising. */
export function checkContents(contents: ReadonlyMap<string, readonly RecordedEvent[]>, report: Report): void {
  const placeOf = new Map<string, string>();
  for (const [actorId, events] of contents) {
    const versions = new Set<number>();
    let highest = 0;
    for (const event of events) {
      const place = `${actorId}@${event.version}`;
      const other = placeOf.get(event.id);
      if (other !== undefined) {
        report({ rule: "doubled", actorId, reason: `event ${event.id} stands at ${other} and again at ${place}` });
      }
      placeOf.set(event.id, place);
      if (versions.has(event.version)) {
        report({ rule: "version-twice", actorId, reason: `${place} is there twice, the second time as ${event.id}` });
      } else if (event.version < highest) {
        const reason = `version ${event.version} (${event.id}) stands behind version ${highest}`;
        report({ rule: "version-order", actorId, reason });
      }
      versions.add(event.version);
      highest = Math.max(highest, event.version);
    }
  }
}
