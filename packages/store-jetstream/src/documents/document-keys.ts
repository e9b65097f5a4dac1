import { type InvalidArgumentError, invalid } from "@aether/core";
import { decodeToken, encodeToken } from "@aether/nats";
import type { DocumentName } from "@aether/store-kit";

/** Maximum number of bytes of a collection and an id together, in UTF-8. Each may need three characters of the key. */
const MAX_NAME_BYTES = 1_024;
/**
 * Maximum length of a key. With the longest bucket, every subject and every request fits into the server's limit for
 * control lines, 4,096 bytes.
 */
const MAX_KEY_CHARACTERS: number = 3 * MAX_NAME_BYTES + ".=".length;

/** The token of the empty text. No other text is encoded like this. */
const EMPTY = "=";

/** A token that no text is encoded to. The keys that begin with it are the store's own. */
const PROBE_KEY = "=probe.x";

/**
 * The keys of the documents in a bucket, and their subjects. A key has two tokens: the collection and the id. So the
 * server can filter a collection.
 */
export class DocumentKeys {
  readonly #prefix: string;

  constructor(bucket: string) {
    this.#prefix = `$KV.${bucket}.`;
  }

  /** The subject of a document. @throws `AETHER_INVALID_ARGUMENT` if the name is too long */
  subjectOf({ collection, id }: DocumentName): string {
    const key = `${encode(collection)}.${encode(id)}`;
    if (key.length > MAX_KEY_CHARACTERS) throw tooLong("id", key.length);
    return this.#prefix + key;
  }

  /** The keys of a collection. @throws `AETHER_INVALID_ARGUMENT` if the name is too long */
  collection(collection: string): CollectionKeys {
    const token = encode(collection);
    if (token.length > MAX_KEY_CHARACTERS) throw tooLong("collection", token.length);
    return new CollectionKeys(`${this.#prefix}${token}.`);
  }

  /** The subject of the messages that ask the server whether it knows a write. It belongs to no document. */
  get probeSubject(): string {
    return this.#prefix + PROBE_KEY;
  }
}

/** The keys of the documents in one collection. */
export class CollectionKeys {
  readonly #prefix: string;

  /** @param prefix - the start of all subjects of the collection */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The filter that matches all documents of the collection. */
  get filter(): string {
    return `${this.#prefix}*`;
  }

  /** Returns the id of the document with this subject, or `undefined` if no document of the collection has it. */
  idOf(subject: string): string | undefined {
    if (!subject.startsWith(this.#prefix)) return undefined;
    const token = subject.slice(this.#prefix.length);
    const id = token === EMPTY ? "" : decodeToken(token);
    // Other programs may use tokens that are not encoded texts.
    return encode(id) === token ? id : undefined;
  }
}

function encode(text: string): string {
  return text === "" ? EMPTY : encodeToken(text);
}

function tooLong(argument: string, length: number): InvalidArgumentError {
  return invalid(
    argument,
    `is too long: with the collection, it has ${length} characters in the encoding of keys, the limit is ` +
      `${MAX_KEY_CHARACTERS}`,
  );
}
