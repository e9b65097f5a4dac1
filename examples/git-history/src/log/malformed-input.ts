/** A line of an input file is not what git prints. */
export class MalformedInputError extends Error {
  override readonly name: string = "MalformedInputError";
  readonly file: string;
  /** The first line is 1. */
  readonly line: number;
  readonly reason: string;

  constructor(file: string, line: number, reason: string) {
    super(`${file}:${line}: ${reason}`);
    this.file = file;
    this.line = line;
    this.reason = reason;
  }
}

/** Makes the error that says what is wrong with the line at hand. */
export type Refuse = (reason: string) => MalformedInputError;
