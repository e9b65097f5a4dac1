/** An actor and the subject that its events stand on. */
export interface Actor {
  readonly id: string;
  readonly subject: string;
}
