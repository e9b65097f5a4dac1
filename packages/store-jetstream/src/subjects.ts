import { decodeToken, encodeToken } from "@aether/nats";
import { partitionOf } from "@aether/store-kit";

/** Maximum length of an actor's subject. The server disconnects clients that send control lines over 4,096 bytes. */
export const MAX_SUBJECT_BYTES = 1_024;

/** Maximum length of a stream name. The server allows 255 bytes, including the suffix of a companion stream. */
export const MAX_STREAM_NAME_BYTES: number = 255 - "~~snapshots".length;

/** Matches the three tokens of any actor: partition, type and id. */
const ANY_ACTOR = "*.*.*";

/** The type token of actor ids without a type. No encoded token contains this character. */
const NO_TYPE = "~";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Encodes the name of a stream. The separator after the namespace is a character that no encoded token contains. */
export function streamNameFor(streamName: string, namespace: string | undefined): string {
  return namespace === undefined ? encodeToken(streamName) : `${encodeToken(namespace)}~${encodeToken(streamName)}`;
}

/** The filter that matches the events of all actors. */
export function eventSubjects(stream: string): string {
  return `${stream}.events.${ANY_ACTOR}`;
}

/** The filter that matches the events of the actors in a partition. */
export function partitionSubjects(stream: string, partition: number): string {
  return `${stream}.events.${partition.toString(16)}.*.*`;
}

/** The snapshot stream. No store can have this name: between two `~` its name would have an empty part. */
export function snapshotStream(stream: string): string {
  return `${stream}~~snapshots`;
}

/** The filter that matches the snapshots of all actors. */
export function snapshotSubjects(stream: string): string {
  return `${snapshotStream(stream)}.${ANY_ACTOR}`;
}

export function floorStream(stream: string): string {
  return `${stream}~~floors`;
}

/** The filter that matches the version floors of all actors. */
export function floorSubjects(stream: string): string {
  return `${floorStream(stream)}.${ANY_ACTOR}`;
}

/** The subject of an actor's events: `<stream>.events.<partition>.<type>.<id>`. */
export function eventSubject(stream: string, actorId: string): string {
  return `${stream}.events.${actorTokens(actorId)}`;
}

/** The subject of an actor's snapshots. */
export function snapshotSubject(stream: string, actorId: string): string {
  return `${snapshotStream(stream)}.${actorTokens(actorId)}`;
}

/** The subject of an actor's version floor. */
export function floorSubject(stream: string, actorId: string): string {
  return `${floorStream(stream)}.${actorTokens(actorId)}`;
}

/** The subject of the record that all actors have version floors. No actor has this subject: its partition is a `~`. */
export function floorsCompleteSubject(stream: string): string {
  return `${floorStream(stream)}.~.~.~`;
}

/** The id of the actor whose events have a subject. */
export function actorIdOf(eventSubject: string): string {
  return decodeToken(eventSubject.slice(eventSubject.lastIndexOf(".") + 1));
}

function actorTokens(actorId: string): string {
  return `${partitionOf(actorId).toString(16)}.${typeOf(actorId)}.${encodeToken(actorId)}`;
}

/** The part of the id before the first `-`, so that one filter matches all actors of a type. A UUID has no type. */
function typeOf(actorId: string): string {
  const dash = actorId.indexOf("-");
  return dash > 0 && !(actorId.length === 36 && uuid.test(actorId)) ? encodeToken(actorId.slice(0, dash)) : NO_TYPE;
}

/** Returns the reason why a subject cannot be used, if there is one. Subjects are ASCII: each character is one byte. */
export function subjectFlaw(subject: string): string | undefined {
  if (subject.length <= MAX_SUBJECT_BYTES) return undefined;
  return `is too long: its subject has ${subject.length} bytes, the limit is ${MAX_SUBJECT_BYTES}`;
}
