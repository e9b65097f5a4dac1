import { type Malformed, MalformedInputError } from "./malformed-input.ts";

/** One line of an input file, without its line ending. */
export interface InputLine {
  /** The bytes of the line, one character (U+0000 to U+00FF) per byte. */
  readonly text: string;
  readonly malformed: Malformed;
}

/**
 * Yields the non-empty lines of a file. Each line is a string with one character per byte, because paths are not always
 * valid UTF-8. A carriage return before the line feed belongs to the line ending. (In a path, git would escape it.)
 */
export function* inputLines(bytes: Uint8Array, file: string): Generator<InputLine> {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1").split("\n");
  for (const [index, line] of lines.entries()) {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (text !== "") yield { text, malformed: (reason) => new MalformedInputError(file, index + 1, reason) };
  }
}
