import { invalid } from "./invalid.ts";

/**
 * The numbers among options, with the defaults where they are left out. By its name, `...Ms` is a time in milliseconds:
 * finite, and not negative. Any other number counts something: an integer from 1, or `Infinity` for no limit.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 */
export function numbersOf<Name extends string>(
  options: { readonly [_ in NoInfer<Name>]?: number },
  defaults: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> {
  const numbers: Record<Name, number> = { ...defaults };
  for (const argument in defaults) {
    const value = options[argument];
    if (value === undefined) continue;
    const isTime = argument.endsWith("Ms");
    if (!(isTime ? isTimeMs(value) : isCount(value))) {
      const wanted = isTime ? "a finite number, at least 0" : "an integer from 1, or Infinity";
      throw invalid(argument, `must be ${wanted}, but is ${value}`);
    }
    numbers[argument] = value;
  }
  return numbers;
}

function isTimeMs(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function isCount(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value > 0);
}
