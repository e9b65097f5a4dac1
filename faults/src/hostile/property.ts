import fc from "fast-check";

/** A statement that must hold for every input of a generator. */
export interface Property {
  readonly name: string;
  /** Row of the results table. The same property has one row for all targets. */
  readonly row: string;
  /** Column of the results table: the target. */
  readonly column: string;
  /** Number of inputs that are tested before the next property's turn. */
  readonly runs: number;
  /** Tests the property with this number of generated inputs. */
  readonly check: (runs: number, seed: number) => Promise<fc.RunDetails<unknown>>;
}

/** Time after which an input counts as a hang. Long enough for slow machines. */
const HANG_MS = 30_000;

/** Creates a property from a generator and a predicate that throws if the property does not hold. */
export function property<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  holds: (input: Input) => Promise<void> | void,
  runs = 50,
): Property {
  return {
    name,
    row: name,
    column: "",
    runs,
    check: (numRuns, seed) =>
      Promise.resolve(
        fc.check(
          fc.asyncProperty(inputs, async (input) => {
            await within(HANG_MS, holds(input));
            checkPrototypes();
          }),
          { numRuns, seed, endOnFailure: true },
        ),
      ) as Promise<fc.RunDetails<unknown>>,
  };
}

/** Labels properties with the kind of the target, for the row, and with the target itself, for the column. */
export function labelled(kind: string, target: string, properties: readonly Property[]): readonly Property[] {
  return properties.map((each) => ({
    ...each,
    name: `${kind}, ${target}: ${each.name}`,
    row: `${kind}: ${each.name}`,
    column: target,
  }));
}

async function within(ms: number, work: Promise<void> | void): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const prototypes = [Object, Array, Function, String, Number, Error, Promise].map(({ prototype }) => ({
  prototype: prototype as object,
  keys: Reflect.ownKeys(prototype).length,
}));

/** @throws if a property was added to a global prototype */
function checkPrototypes(): void {
  for (const { prototype, keys } of prototypes) {
    if (Reflect.ownKeys(prototype).length !== keys) throw new Error("a prototype was polluted");
  }
}
