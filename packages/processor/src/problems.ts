/** The errors that a processor currently tries to overcome, at most one per source. */
export class Problems {
  readonly #errors = new Map<object, unknown>();
  readonly #onChange: () => void;

  /** @param onChange - called after each change */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** The oldest error; `undefined` if there is none. */
  get current(): unknown {
    const [error] = this.#errors.values();
    return error;
  }

  /** Returns a function that notes an error of one source, or `undefined` once the source works again. */
  source(): (error: unknown) => void {
    const source = {};
    return (error) => {
      if (this.#errors.get(source) === error) return;
      if (error === undefined) this.#errors.delete(source);
      else this.#errors.set(source, error);
      this.#onChange();
    };
  }
}
