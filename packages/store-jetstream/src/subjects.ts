import { encodeText } from "./protocol/text.ts";

/** The server cuts off connections that send longer control lines; a subject must leave room for what stands around it. */
export const MAX_SUBJECT_BYTES = 1_024;

/** The longest name of a stream that servers accept. */
export const MAX_STREAM_NAME_BYTES = 255;

const safe = /^[A-Za-z0-9_-]+$/;

/**
 * Any well-formed text as one token of a subject, so that different texts stay different and nothing in them (dots,
 * wildcards, white space) means anything to NATS: every byte of its UTF-8 form but letters, digits, `-` and `_` becomes
 * `=` and two hexadecimal digits, as in RFC 2045, section 6.7. (Not `%`: servers build the reply subjects of a consumer
 * from the stream's name by a format string, in which a `%` breaks the connection.)
 */
export function encodeToken(text: string): string {
  if (safe.test(text)) return text;
  let token = "";
  for (const byte of encodeText(text)) {
    const character = String.fromCharCode(byte);
    token += safe.test(character) ? character : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return token;
}

/** The name of a stream; a namespace stands before it, parted by a character that no encoded token has. */
export function streamNameFor(streamName: string, namespace: string | undefined): string {
  return namespace === undefined ? encodeToken(streamName) : `${encodeToken(namespace)}~${encodeToken(streamName)}`;
}

/** The filter that covers the subjects of all actors of a stream. */
export function actorSubjects(stream: string): string {
  return `${stream}.events.>`;
}

/**
 * The subject of an actor: `<stream>.events.<type>.<id>`. The type is what stands before the first `-` of the id, so
 * that all actors of a type can be subscribed to; an id without one has the type `~`, which no id can spell.
 */
export function actorSubject(stream: string, actorId: string): string {
  const dash = actorId.indexOf("-");
  const type = dash > 0 ? encodeToken(actorId.slice(0, dash)) : "~";
  return `${stream}.events.${type}.${encodeToken(actorId)}`;
}

/** Why an actor's subject cannot be used, or `undefined`. Encoded subjects are ASCII: characters are bytes. */
export function subjectFlaw(subject: string): string | undefined {
  if (subject.length <= MAX_SUBJECT_BYTES) return undefined;
  return `is too long: its subject takes ${subject.length} bytes, at most ${MAX_SUBJECT_BYTES} are allowed`;
}
