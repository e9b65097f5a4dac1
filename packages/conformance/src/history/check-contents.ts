import type { Report } from "./actor-history.ts";
import type { RecordedEvent } from "./history.ts";

/** Checks the stored events by themselves: no event or version is stored twice, and versions ascend. */
export function checkContents(contents: ReadonlyMap<string, readonly RecordedEvent[]>, report: Report): void {
  const locationOf = new Map<string, string>();
  for (const [actorId, events] of contents) {
    const versions = new Set<number>();
    let highest = 0;
    for (const { id, version } of events) {
      const location = `version ${version} of actor ${actorId}`;
      const earlier = locationOf.get(id);
      if (earlier !== undefined) {
        const reason = `event ${id} is stored twice: as ${earlier}, and as ${location}`;
        report({ rule: "duplicate-event", actorId, reason });
      }
      locationOf.set(id, location);
      if (versions.has(version)) {
        const reason = `${location} is stored twice, the second time by event ${id}`;
        report({ rule: "duplicate-version", actorId, reason });
      } else if (version < highest) {
        const reason = `version ${version} (event ${id}) is stored after version ${highest}`;
        report({ rule: "version-order", actorId, reason });
      }
      versions.add(version);
      highest = Math.max(highest, version);
    }
  }
}
