import { SeededRandom } from "./seeded-random.ts";

const MAX = Number.MAX_SAFE_INTEGER;

const bounds = [8, 15, 16, 24, 31, 32, 33, 48, 52, 53, 62, 63, 64, 65, 100, 127, 128];

/** Random numbers of every magnitude: integers and fractions, positive and negative. */
function randomNumbers(): readonly number[] {
  const random = new SeededRandom(7);
  return Array.from({ length: 100 }, (_, index) => {
    const sign = random.below(2) === 0 ? 1 : -1;
    const mantissa = random.below(2 ** 32) + random.below(2 ** 21) / 2 ** 21;
    return index % 2 === 0 ? sign * mantissa * 10 ** (random.below(50) - 25) : sign * Math.floor(mantissa * 7);
  });
}

/** Numbers that stores often round, cut or convert. All are finite. */
export const hostileNumbers: readonly number[] = [
  ...bounds.flatMap((bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1, -(2 ** bits) - 1, -(2 ** bits)]),
  ...[2 ** 63 + 2_048, 2 ** 64 + 4_096, 1e19, 1e20, 1e21, 1e22, 123456789012345680000, 1e100, 1e308],
  ...[0, 1, -1, 0.1, -0.1, 0.1 + 0.2, 4.35, 1 / 3, 1e-7, 1.5e-10, 5e-324, 2.2250738585072014e-308, Number.EPSILON],
  ...[1_001, 9_999, 10_000, 10_001, 99_999, 100_000, 999_999, 1_000_001, 9_999_999_999, 10_000_000_000],
  ...[MAX, -MAX, Number.MAX_VALUE, -Number.MAX_VALUE, 1.7976931348623155e308],
  ...randomNumbers(),
];

/** Versions of every magnitude, ascending. As text, as 32-bit integers or as 32-bit floats they sort differently. */
export const versionsOfEverySize: readonly number[] = [
  ...[1, 2, 3, 5, 8, 9, 10, 11, 12, 20, 21, 63, 64, 65, 98, 99, 100, 101, 127, 128, 129, 255, 256, 257, 300, 500],
  ...[998, 999, 1_000, 1_001, 1_002, 1_023, 1_024, 1_025, 2_000, 2_001, 4_095, 4_096, 5_000, 9_998, 9_999, 10_000],
  ...[10_001, 32_767, 32_768, 65_535, 65_536, 65_537, 99_999, 100_000, 500_000, 999_999, 1_000_000, 1_000_001],
  ...[8_388_608, 9_999_999, 10_000_000, 16_777_216, 16_777_217, 99_999_999, 100_000_000, 999_999_999, 1_000_000_000],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 9_999_999_999, 10_000_000_000],
  ...[10_000_000_001, 99_999_999_999, 10 ** 11, 10 ** 12 - 1, 10 ** 12, 2 ** 40, 10 ** 13, 2 ** 48, 2 ** 48 + 1],
  ...[10 ** 15 - 1, 10 ** 15, 10 ** 15 + 1, 2 ** 52, 2 ** 52 + 1, 9_000_000_000_000_001, MAX - 3],
];

/** RFC 3339 date-times that stores often convert, round or reject. */
export const hostileTimestamps: readonly string[] = [
  "2024-02-29T12:00:00Z",
  "2024-02-29T12:00:00.000Z",
  "2024-02-29t12:00:00.000000001z",
  "2024-02-29T12:00:00.120+05:30",
  "2024-02-29T12:00:00.1-08:00",
  "2024-02-29T12:00:00-00:00",
  "2024-02-29T12:00:00+00:00",
  "2024-03-01T00:30:00+14:00",
  "2024-12-31T23:59:59.999999999-12:00",
  "2016-12-31T23:59:60Z",
  "2038-01-19T03:14:08Z",
  "1969-12-31T23:59:59Z",
  "1883-11-18T12:03:58Z",
  "0001-01-01T00:00:00Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999Z",
  "2000-02-29T12:00:00Z",
  "2024-02-29T12:00:00.10+23:59",
  "2024-02-29T00:00:00.000000000001-23:59",
];
