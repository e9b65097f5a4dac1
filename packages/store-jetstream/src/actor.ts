/** An actor, and the subject of its events. */
export interface Actor {
  readonly id: string;
  readonly subject: string;
}

/** An actor's latest version, and the stream sequence of its last message. */
export interface Head {
  readonly version: number;
  readonly sequence: number;
  /**
   * Sequence of the message that holds the latest version, or 0 if there is none: the version is 0, or has expired. Set
   * if the headers of the actor's last message do not contain the version, because another program wrote the message.
   * @default the last message holds the latest version
   */
  readonly heldAt?: number | undefined;
}

/** The head of an actor without events. */
export const NO_EVENTS: Head = Object.freeze({ version: 0, sequence: 0 });
