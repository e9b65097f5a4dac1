import type { ClientName } from "../workload/plan.ts";

/**
 * A connection that is lost while it is made lets this client make two, whose bytes it then reads as one: some messages become
 * no events, which the bus reports and counts, and the events in them are counted as missed. Its successor makes one.
 */
const MIXES_CONNECTIONS: ClientName = "nats";

/** What one bus process published and heard. Numbers are those of its own events, from 1 on, in the order of the calls. */
export interface BusReport {
  readonly name: string;
  readonly client: ClientName;
  /** How often it called `publish`. */
  readonly attempts: number;
  /** Those that rejected because nothing was sent. */
  readonly refused: readonly number[];
  /** Those that rejected because nobody knows whether the server has them. */
  readonly unconfirmed: number;
  /** What arrived, by publisher, in the order of arrival. */
  readonly received: Readonly<Record<string, readonly number[]>>;
  /** Of the bus: what it says that it missed, and dropped. */
  readonly missed: number;
  readonly dropped: number;
  /** What `onStatus` was told to be missed: the same. */
  readonly missedReported: number;
  /** What it was given and could not read. */
  readonly malformed: number;
  /** Whom it did not hear any more when everything was mended. */
  readonly unheard: readonly string[];
  readonly surprises: readonly string[];
}

/** Holds what the processes say against what the bus promises: at most once, in order, every loss counted. */
export function judgeBuses(reports: readonly BusReport[]): readonly string[] {
  return reports.flatMap((receiver) => [
    ...receiver.surprises.map((surprise) => `${receiver.name}: ${surprise}`),
    ...(receiver.malformed > 0 && receiver.client !== MIXES_CONNECTIONS
      ? [`${receiver.name} got ${receiver.malformed} messages that are no events`]
      : []),
    ...receiver.unheard.map((peer) => `${receiver.name} did not hear ${peer} again when everything was mended`),
    ...reports.flatMap((publisher) => arrivals(receiver, publisher)),
    ...losses(receiver, reports),
  ]);
}

function arrivals(receiver: BusReport, publisher: BusReport): readonly string[] {
  const received = receiver.received[publisher.name] ?? [];
  const violations: string[] = [];
  const seen = new Set<number>();
  const refused = new Set(publisher.refused);
  let highest = 0;
  for (const number of received) {
    const what = `${receiver.name} got number ${number} of ${publisher.name}`;
    if (seen.has(number)) violations.push(`${what} twice`);
    else if (number < highest) violations.push(`${what} behind number ${highest}`);
    if (refused.has(number)) violations.push(`${what}, which was said not to be sent`);
    seen.add(number);
    highest = Math.max(highest, number);
  }
  if (highest > publisher.attempts) violations.push(`${receiver.name} got more of ${publisher.name} than there was`);
  const missing = publisher.attempts - refused.size - seen.size;
  if (receiver === publisher && missing !== 0) violations.push(`${receiver.name} did not get ${missing} of its own`);
  if (received.length === 0) violations.push(`${receiver.name} got nothing of ${publisher.name}`);
  return violations;
}

/** What lies between the first and the last arrival, was sent and is not there, is counted: no more and no less. */
function losses(receiver: BusReport, publishers: readonly BusReport[]): readonly string[] {
  const lost = publishers
    .filter(({ name }) => name !== receiver.name)
    .reduce((sum, publisher) => sum + lostBetween(receiver.received[publisher.name] ?? [], publisher), 0);
  const violations: string[] = [];
  if (receiver.missed + receiver.dropped !== lost) {
    violations.push(`${receiver.name} lost ${lost} and counted ${receiver.missed} missed, ${receiver.dropped} dropped`);
  }
  if (receiver.missed !== receiver.missedReported) {
    violations.push(`${receiver.name} counted ${receiver.missed} missed and reported ${receiver.missedReported}`);
  }
  return violations;
}

function lostBetween(received: readonly number[], publisher: BusReport): number {
  const seen = new Set(received);
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const number of seen) {
    first = Math.min(first, number);
    last = Math.max(last, number);
  }
  if (last === 0) return 0;
  const neverSent = publisher.refused.filter((number) => number > first && number < last).length;
  return last - first + 1 - neverSent - seen.size;
}
