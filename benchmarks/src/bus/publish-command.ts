/** Number of events published before each flush. Event versions count from 1 to this number, then start at 1 again. */
export const BURST = 1_000;

/** A message that makes the publisher process publish events. */
export interface PublishCommand {
  readonly subject: string;
  readonly count: number;
}
