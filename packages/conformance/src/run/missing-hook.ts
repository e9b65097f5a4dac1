import type { StoreCase } from "../suite/store-case.ts";
import type { StoreUnderTest } from "../suite/store-under-test.ts";

/** Returns the name of a hook that a case needs and that is missing, or `undefined` if none is missing. */
export function missingHook<Storage>(
  { needsDamage, needsHook }: StoreCase,
  hooks: Pick<StoreUnderTest<Storage>, "damage" | "hold" | "openWithBus">,
): string | undefined {
  if (needsDamage !== undefined && hooks.damage?.[needsDamage] === undefined) return `damage.${needsDamage}`;
  return needsHook !== undefined && hooks[needsHook] === undefined ? needsHook : undefined;
}
