import { MalformedInputError, type Refuse } from "./malformed-input.ts";

/** One line of an input file: a character for each of its bytes, without the line ending. */
export interface InputLine {
  readonly text: string;
  readonly refuse: Refuse;
}

/**
 * The lines of a file that are not blank. They are kept as bytes (one character each, U+0000 to U+00FF), because a path
 * need not be valid UTF-8. A carriage return before the line feed belongs to the line ending: git quotes one that belongs
 * to a path.
 */
export function* inputLines(bytes: Uint8Array, file: string): Generator<InputLine> {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1").split("\n");
  for (const [index, line] of lines.entries()) {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (text !== "") yield { text, refuse: (reason) => new MalformedInputError(file, index + 1, reason) };
  }
}
