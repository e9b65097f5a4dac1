/** Number of events that are published before a flush. Event versions run from 1 to this number, repeatedly. */
export const BURST = 1_000;

/** Makes the publisher process publish events. */
export interface PublishCommand {
  readonly subject: string;
  readonly count: number;
}
