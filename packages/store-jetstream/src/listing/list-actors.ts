import { decodeToken } from "@aether/nats";
import { PARTITION_COUNT } from "@aether/store-kit";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import { eventSubject, partitionSubjects } from "../subjects.ts";

/**
 * Number of subjects by which two pages overlap. Actors that appear or expire between two requests move the others.
 */
const OVERLAP = 1_000;

/**
 * Yields the ids of all actors that have messages, partition by partition. The leader lists the subjects of a partition
 * in pages of 100,000, in their order.
 * @throws ApiError, NoReplyError, `signal.reason`
 */
export async function* listActors(
  api: JetStreamApi,
  streamName: string,
  actorIdPrefix: string,
  deadline: Deadline,
): AsyncGenerator<string, void, undefined> {
  for (let partition = 0; partition < PARTITION_COUNT; partition++) {
    for await (const subject of listSubjects(api, partitionSubjects(streamName, partition), deadline)) {
      const actorId = decodeToken(subject.slice(subject.lastIndexOf(".") + 1));
      // Another program may have used a subject that belongs to no actor.
      if (actorId.startsWith(actorIdPrefix) && eventSubject(streamName, actorId) === subject) yield actorId;
      deadline.signal?.throwIfAborted();
    }
  }
}

async function* listSubjects(
  api: JetStreamApi,
  filter: string,
  deadline: Deadline,
): AsyncGenerator<string, void, undefined> {
  let last = "";
  let offset = 0;
  for (;;) {
    const { subjects, total } = await askAgain(deadline, (timeoutMs) => api.subjects(filter, offset, timeoutMs));
    const [first] = subjects;
    if (offset > 0 && (first === undefined || first > last)) {
      offset = Math.max(0, offset - OVERLAP); // So many subjects have expired that the pages do not overlap.
      continue;
    }
    const unseen = subjects.filter((subject) => subject > last);
    for (const subject of unseen) {
      yield subject;
      deadline.renew();
    }
    last = unseen.at(-1) ?? last;
    const end = offset + subjects.length;
    if (end >= total || subjects.length <= OVERLAP) return;
    offset = end - OVERLAP;
  }
}
