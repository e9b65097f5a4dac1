/** How many events are published before a round trip; their versions go from 1 to that, again and again. */
export const BURST = 1_000;

/** What the publishing process is told to do. */
export interface Order {
  readonly subject: string;
  readonly count: number;
}
