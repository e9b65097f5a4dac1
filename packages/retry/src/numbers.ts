import { given, invalid } from "./invalid.ts";

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
  const values = given(options);
  const numbers: Record<Name, number> = { ...defaults };
  for (const argument in defaults) {
    const value = values[argument];
    if (value === undefined) continue;
    const [fits, wanted] = argument.endsWith("Ms")
      ? [Number.isFinite(value) && value >= 0, "a finite number, at least 0"]
      : [
          value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value > 0),
          "an integer from 1, or Infinity",
        ];
    if (!fits) throw invalid(argument, `must be ${wanted}, but is ${String(value)}`);
    numbers[argument] = value;
  }
  return numbers;
}
