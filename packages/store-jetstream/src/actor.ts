/** An actor, and the subject of its events. */
export interface Actor {
  readonly id: string;
  readonly subject: string;
}

/** An actor's latest version, and the stream sequence of the message that holds it. */
export interface Head {
  readonly version: number;
  readonly sequence: number;
}

/** The head of an actor without events. */
export const NO_EVENTS: Head = Object.freeze({ version: 0, sequence: 0 });
