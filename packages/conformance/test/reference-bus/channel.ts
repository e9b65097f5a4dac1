/** What hangs on a channel: it gets what the others send. */
export interface ChannelMember {
  receive(namespace: string, json: string): void;
}

/** Where reference buses meet: text travels in order and arrives in a later turn, as over a network. */
export class Channel {
  readonly #ends = new Set<ChannelMember>();
  #last: Promise<void> = Promise.resolve();

  attach(end: ChannelMember): void {
    this.#ends.add(end);
  }

  detach(end: ChannelMember): void {
    this.#ends.delete(end);
  }

  /** Sends to everyone, the sender too. Resolves when it has arrived. */
  send(namespace: string, json: string): Promise<void> {
    return this.inTurn(() => {
      for (const end of this.#ends) end.receive(namespace, json);
    });
  }

  /** Does something behind all that was sent before. */
  inTurn(work: () => void): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve))).then(work);
    return this.#last;
  }

  /** Resolves when everything that was sent has arrived. */
  drained(): Promise<void> {
    return this.inTurn(() => {});
  }
}
