import { checkHistory, type RecordedOperation } from "@aether/conformance";
import { JetStreamEventStore } from "@aether/store-jetstream";
import type { Random } from "../random.ts";
import type { Admin } from "./admin.ts";
import { type StoredContents, storedContents } from "./stored-contents.ts";

/** How many actors are read once more through the store, at the end. */
const READ_AGAIN = 500;

/** What is left when all is over. */
export interface Verdict {
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

export interface Evidence {
  readonly admin: Admin;
  readonly streamName: string;
  readonly servers: number;
  readonly operations: readonly RecordedOperation[];
  readonly random: Random;
}

/** Judges what the workers were told by what every server holds, and what a new store reads. */
export async function judge({ admin, streamName, servers, operations, random }: Evidence): Promise<Verdict> {
  const violations: string[] = [];
  if (!(await admin.untilWhole(streamName, 60_000))) violations.push("the replicas did not become alike within 60 s");
  const replicas = await storedContents(admin.connection, streamName, servers);
  const [first] = replicas;
  if (replicas.length < servers) violations.push(`only ${replicas.length} of ${servers} servers could be read`);
  if (first === undefined) return { violations: ["nothing could be read"], figures: {} };
  for (const { server, digest, messages } of replicas) {
    if (digest === first.digest) continue;
    violations.push(`${server} (${messages} messages) and ${first.server} (${first.messages}) hold different contents`);
  }
  const contents = first.byActor;
  let outdatedAnswers = 0;
  for (const { rule, actorId = "", reason } of checkHistory({ operations, contents })) {
    // A leader that is cut off answers others with what it has until it notices, which the store's README says.
    if (rule === "stale-version" && servers > 1) outdatedAnswers++;
    else violations.push(`${rule}, ${actorId}: ${reason}`);
  }
  violations.push(...(await readAgain(admin, streamName, first, random)));
  return {
    violations,
    figures: {
      "messages stored": first.messages,
      "events stored": [...contents.values()].reduce((sum, events) => sum + events.length, 0),
      actors: contents.size,
      "replicas compared": replicas.length,
      ...(servers > 1 ? { "outdated answers about other clients' saves": outdatedAnswers } : {}),
    },
  };
}

async function readAgain(
  { connection }: Admin,
  streamName: string,
  { byActor }: StoredContents,
  random: Random,
): Promise<readonly string[]> {
  await using store = await JetStreamEventStore.open(connection, { streamName, stream: "bind" });
  const violations: string[] = [];
  const actors = random.shuffle([...byActor.keys()]).slice(0, READ_AGAIN);
  const hot = [...byActor.keys()].filter((actorId) => actorId.startsWith("hot"));
  for (const actorId of new Set([...hot, ...actors])) {
    const read = (await store.getEvents(actorId)).map(({ version, id }) => `${version} ${id}`);
    const stored = byActor.get(actorId)?.map(({ version, id }) => `${version} ${id}`) ?? [];
    if (read.join() !== stored.join()) {
      violations.push(`a new store reads ${read.length} events of ${actorId}, of the ${stored.length} that are there`);
    }
  }
  return violations;
}
