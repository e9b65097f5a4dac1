/** Thrown for an input line that git cannot have printed. */
export class MalformedInputError extends Error {
  override readonly name: string = "MalformedInputError";
  readonly file: string;
  /** Line number, from 1. */
  readonly line: number;
  readonly reason: string;

  constructor(file: string, line: number, reason: string) {
    super(`${file}:${line}: ${reason}`);
    this.file = file;
    this.line = line;
    this.reason = reason;
  }
}

/** Creates a {@link MalformedInputError} for one input line. */
export type Malformed = (reason: string) => MalformedInputError;

/** Quotes a text for a message. Cuts long texts, and escapes control characters, which could affect a terminal. */
export function quoted(text: string, maxLength = 80): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength - 3)}...` : text;
  return JSON.stringify(cut).replace(/[\x7f-\x9f]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
}
