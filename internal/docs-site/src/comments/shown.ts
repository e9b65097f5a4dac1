import { DeclarationReflection, ReferenceType, Reflection, type SomeType, TraverseProperty } from "typedoc";

/** The exports that belong to the signatures of some, or to those of what belongs to them. */
export function shownBy(some: readonly DeclarationReflection[]): ReadonlySet<Reflection> {
  const shown = new Set<Reflection>();
  const waiting: Reflection[] = [...some];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (shown.has(next)) continue;
    shown.add(next);
    waiting.push(...referredTo(next));
  }
  return shown;
}

/** What the types of a reflection refer to, also those of what is in it. */
function referredTo(reflection: Reflection): readonly Reflection[] {
  const found: Reflection[] = [];
  for (const type of typesOf(reflection)) found.push(...inType(type));
  reflection.traverse((child, property) => {
    if (property !== TraverseProperty.Documents) found.push(child);
    return true;
  });
  return found;
}

function typesOf(reflection: Reflection): readonly SomeType[] {
  const {
    type,
    default: byDefault,
    extendedTypes,
    implementedTypes,
  } = reflection as Partial<DeclarationReflection> & {
    readonly default?: SomeType;
  };
  return [type, byDefault, ...(extendedTypes ?? []), ...(implementedTypes ?? [])].filter((each) => each !== undefined);
}

/** Types are trees of small objects; whatever stands in one is looked at. */
function inType(value: unknown): readonly Reflection[] {
  if (value instanceof ReferenceType) {
    const target = value.reflection instanceof DeclarationReflection ? [value.reflection] : [];
    return [...target, ...(value.typeArguments ?? []).flatMap(inType)];
  }
  if (value instanceof Reflection) return [value];
  if (Array.isArray(value)) return value.flatMap(inType);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(inType);
}
