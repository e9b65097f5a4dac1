/** Splits a stream of text into lines and keeps the last ones. */
export class LogTail {
  readonly #limit: number;
  readonly #lines: string[] = [];
  #rest = "";

  constructor(limit = 500) {
    this.#limit = limit;
  }

  /** Adds the next piece of text and returns the lines that it completed. */
  write(text: string): readonly string[] {
    const pieces = (this.#rest + text).split(/\r?\n/);
    this.#rest = pieces.pop() ?? "";
    this.#lines.push(...pieces);
    this.#lines.splice(0, this.#lines.length - this.#limit);
    return pieces;
  }

  /** Adds the remaining text, which has no line end, as a line. */
  end(): readonly string[] {
    return this.#rest === "" ? [] : this.write("\n");
  }

  /** Returns the last lines, oldest first. */
  lines(): readonly string[] {
    return [...this.#lines];
  }
}
