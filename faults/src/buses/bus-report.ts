import type { ClientName } from "../workload/plan.ts";

/**
 * The client that may corrupt received data. If a connection is lost while it is being established, `nats` may open two
 * connections and read the bytes of both as one stream. Some messages are then not valid events. The bus reports and
 * counts these messages as malformed, and counts their events as missed. The successor of `nats`,
 * `@nats-io/transport-node`, opens one connection.
 */
const MIXES_CONNECTIONS: ClientName = "nats";

/** The events that one bus process published and received. Each publisher numbers its events from 1, in call order. */
export interface BusReport {
  readonly name: string;
  readonly client: ClientName;
  /** Number of calls to `publish`. */
  readonly attempts: number;
  /** Events whose publish failed and that were not sent. */
  readonly rejected: readonly number[];
  /** Number of publishes that failed although the server may have received the event. */
  readonly unconfirmed: number;
  /** Received events by publisher, in order of arrival. */
  readonly received: Readonly<Record<string, readonly number[]>>;
  /** The bus's own counts of missed and dropped events. */
  readonly missed: number;
  readonly dropped: number;
  /** Sum of all `missed` statuses passed to `onStatus`. Must equal `missed`. */
  readonly missedReported: number;
  /** Number of received messages that are not valid events. */
  readonly malformed: number;
  /** Peers from which no event arrived after the faults ended. */
  readonly silentPeers: readonly string[];
  /** Errors and statuses that must not occur. */
  readonly unexpected: readonly string[];
}

/** Checks that each event arrived at most once and in order, and that every loss was counted. Returns violations. */
export function checkBusReports(reports: readonly BusReport[]): readonly string[] {
  return reports.flatMap((receiver) => [
    ...receiver.unexpected.map((description) => `${receiver.name}: ${description}`),
    ...(receiver.malformed > 0 && receiver.client !== MIXES_CONNECTIONS
      ? [`${receiver.name} received ${receiver.malformed} messages that are not events`]
      : []),
    ...receiver.silentPeers.map((peer) => `${receiver.name} received nothing from ${peer} after the faults ended`),
    ...reports.flatMap((publisher) => checkArrivals(receiver, publisher)),
    ...checkLosses(receiver, reports),
  ]);
}

function checkArrivals(receiver: BusReport, publisher: BusReport): readonly string[] {
  const received = receiver.received[publisher.name] ?? [];
  const violations: string[] = [];
  const seen = new Set<number>();
  const rejected = new Set(publisher.rejected);
  let highest = 0;
  for (const number of received) {
    const arrival = `${receiver.name} received event ${number} of ${publisher.name}`;
    if (seen.has(number)) violations.push(`${arrival} twice`);
    else if (number < highest) violations.push(`${arrival} after event ${highest}`);
    if (rejected.has(number)) violations.push(`${arrival}, which was reported as not sent`);
    seen.add(number);
    highest = Math.max(highest, number);
  }
  if (highest > publisher.attempts) {
    violations.push(`${receiver.name} received more events of ${publisher.name} than were published`);
  }
  const missing = publisher.attempts - rejected.size - seen.size;
  if (receiver === publisher && missing !== 0) {
    violations.push(`${receiver.name} did not receive ${missing} of its own events`);
  }
  if (received.length === 0) violations.push(`${receiver.name} received nothing from ${publisher.name}`);
  return violations;
}

/** Checks that the bus counted exactly the events that are missing between the first and the last arrival. */
function checkLosses(receiver: BusReport, publishers: readonly BusReport[]): readonly string[] {
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
  const neverSent = publisher.rejected.filter((number) => number > first && number < last).length;
  return last - first + 1 - neverSent - seen.size;
}
