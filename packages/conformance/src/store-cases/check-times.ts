import { check } from "../checks/check.ts";
import { pause } from "../checks/pause.ts";
import { inTimeZone } from "../checks/time-zone.ts";
import { isRfc3339 } from "../samples/timestamps.ts";

/**
 * Maximum difference between the clocks of a store and of the suite, in milliseconds. It is less than the difference
 * between any two time zones.
 */
const TOLERANCE_MS = 10 * 60_000;

/** Maximum time until a store with a resolution of one second has another timestamp, in milliseconds. */
const NEXT_SECOND_MS = 1_100;

/** Time zones that differ from UTC by less than one day and not by whole hours only. */
const zones = ["Asia/Kathmandu", "America/St_Johns"];

/** Checks that a generated timestamp is the current time. */
export function checkIsNow(guarantee: string, given: unknown, timestamp: string): void {
  const now = Date.now();
  const isNow = isRfc3339(timestamp) && Math.abs(Date.parse(timestamp) - now) <= TOLERANCE_MS;
  const expected = "an RFC 3339 date-time within 10 minutes of now";
  check(guarantee, {
    given: { given, now: new Date(now).toISOString(), timeZone: new Date().getTimezoneOffset() },
    expected,
    actual: isNow ? expected : timestamp,
  });
}

/** Generates a timestamp in several time zones, and checks that it is the current time in each of them. */
export async function checkTimeInZones(
  guarantee: string,
  given: unknown,
  generate: () => Promise<readonly string[]>,
): Promise<void> {
  for (const zone of zones) {
    await inTimeZone(zone, async () => {
      for (const timestamp of await generate()) checkIsNow(guarantee, { given, zone }, timestamp);
    });
  }
}

/** Generates timestamps until one is later than the first one. Checks that this happens, and that none is earlier. */
export async function checkTimeAdvances(
  guarantee: string,
  given: unknown,
  generate: () => Promise<string>,
): Promise<void> {
  const first = await generate();
  const endMs = performance.now() + NEXT_SECOND_MS;
  let last = first;
  while (Date.parse(last) === Date.parse(first) && performance.now() < endMs) {
    await pause(2);
    last = await generate();
  }
  const isLater = Date.parse(last) > Date.parse(first);
  check(guarantee, { given, expected: `later than ${first}`, actual: isLater ? `later than ${first}` : last });
}
