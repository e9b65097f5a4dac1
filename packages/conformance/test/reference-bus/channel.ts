/** A member of a channel. It gets the text that any member sends. */
export interface ChannelMember {
  receive(namespace: string, json: string): void;
}

/**
 * A channel between reference buses. Text arrives in order and in a later turn of the event loop, as over a network.
 */
export class Channel {
  readonly #members = new Set<ChannelMember>();
  #last: Promise<void> = Promise.resolve();

  attach(member: ChannelMember): void {
    this.#members.add(member);
  }

  detach(member: ChannelMember): void {
    this.#members.delete(member);
  }

  /** Sends to all members, including the sender. Resolves when the text has arrived. */
  send(namespace: string, json: string): Promise<void> {
    return this.inTurn(() => {
      for (const member of this.#members) member.receive(namespace, json);
    });
  }

  /** Runs the work after all text that was already sent has arrived. */
  inTurn(work: () => void): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve))).then(work);
    return this.#last;
  }

  /** Resolves when all text that was already sent has arrived. */
  drained(): Promise<void> {
    return this.inTurn(() => {});
  }
}
