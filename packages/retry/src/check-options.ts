import { invalid } from "@aether/core";

/** Returns the options. Throws unless they are an object other than `null`. @throws `AETHER_INVALID_ARGUMENT` */
export function checkOptions<Options>(options: Options): Options {
  if (Object(options) !== options) throw invalid("options", "must be an object");
  return options;
}

/**
 * Reads the numeric options and adds defaults for options that are left out. An option whose name ends with `Ms` is a
 * time in milliseconds: finite and at least 0. Any other option is a count: an integer of at least 1, or `Infinity` for
 * no limit.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 */
export function numbersOf<Name extends string>(
  options: { readonly [_ in NoInfer<Name>]?: number | undefined },
  defaults: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> {
  const values = checkOptions(options);
  const numbers: Record<Name, number> = { ...defaults };
  for (const argument in defaults) {
    const value = values[argument];
    if (value === undefined) continue;
    const [fits, wanted] = argument.endsWith("Ms")
      ? [Number.isFinite(value) && value >= 0, "a finite number from 0"]
      : [
          value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value > 0),
          "an integer from 1, or Infinity",
        ];
    if (!fits) throw invalid(argument, `must be ${wanted}, but is ${String(value)}`);
    numbers[argument] = value;
  }
  return numbers;
}
