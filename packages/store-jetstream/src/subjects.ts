import { encodeToken } from "@aether/nats";

/** The server cuts off connections that send longer control lines; a subject must leave room for what stands around it. */
export const MAX_SUBJECT_BYTES = 1_024;

/** Servers accept names of 255 bytes; the names of the streams beside it must fit too. */
export const MAX_STREAM_NAME_BYTES: number = 255 - "~~snapshots".length;

/** The name of a stream; a namespace stands before it, parted by a character that no encoded token has. */
export function streamNameFor(streamName: string, namespace: string | undefined): string {
  return namespace === undefined ? encodeToken(streamName) : `${encodeToken(namespace)}~${encodeToken(streamName)}`;
}

/** The filter that covers the subjects of all actors of a stream. */
export function actorSubjects(stream: string): string {
  return `${stream}.events.>`;
}

/** The stream of the snapshots. Neither part of a store's own name is empty, so no store can have this name. */
export function snapshotStream(stream: string): string {
  return `${stream}~~snapshots`;
}

/** The filter that covers the subjects of all snapshots. */
export function snapshotSubjects(stream: string): string {
  return `${snapshotStream(stream)}.>`;
}

/** The stream of the heads. */
export function headStream(stream: string): string {
  return `${stream}~~heads`;
}

/** The filter that covers the subjects of all heads. */
export function headSubjects(stream: string): string {
  return `${headStream(stream)}.>`;
}

/**
 * The subject of an actor: `<stream>.events.<type>.<id>`. The type is what stands before the first `-` of the id, so
 * that all actors of a type can be subscribed to; an id without one has the type `~`, which no id can spell.
 */
export function actorSubject(stream: string, actorId: string): string {
  return `${stream}.events.${actorTokens(actorId)}`;
}

/** The subject of an actor's snapshots. */
export function snapshotSubject(stream: string, actorId: string): string {
  return `${snapshotStream(stream)}.${actorTokens(actorId)}`;
}

/** The subject of an actor's head. */
export function headSubject(stream: string, actorId: string): string {
  return `${headStream(stream)}.${actorTokens(actorId)}`;
}

function actorTokens(actorId: string): string {
  const dash = actorId.indexOf("-");
  const type = dash > 0 ? encodeToken(actorId.slice(0, dash)) : "~";
  return `${type}.${encodeToken(actorId)}`;
}

/** Why an actor's subject cannot be used, or `undefined`. Encoded subjects are ASCII: characters are bytes. */
export function subjectFlaw(subject: string): string | undefined {
  if (subject.length <= MAX_SUBJECT_BYTES) return undefined;
  return `is too long: its subject takes ${subject.length} bytes, at most ${MAX_SUBJECT_BYTES} are allowed`;
}
