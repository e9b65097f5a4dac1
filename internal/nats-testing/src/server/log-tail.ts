/** Cuts a stream of text into lines and remembers the last of them. */
export class LogTail {
  readonly #limit: number;
  readonly #lines: string[] = [];
  #rest = "";

  constructor(limit = 500) {
    this.#limit = limit;
  }

  /** Takes the next piece of text; returns the lines that it completed. */
  write(text: string): readonly string[] {
    const pieces = (this.#rest + text).split(/\r?\n/);
    this.#rest = pieces.pop() ?? "";
    this.#lines.push(...pieces);
    this.#lines.splice(0, this.#lines.length - this.#limit);
    return pieces;
  }

  /** Takes what is left without a line end as a line. */
  end(): readonly string[] {
    return this.#rest === "" ? [] : this.write("\n");
  }

  /** The last lines, oldest first. */
  lines(): readonly string[] {
    return [...this.#lines];
  }
}
