import type { StoreCase } from "../suite/store-case.ts";
import type { StoreUnderTest } from "../suite/store-under-test.ts";

/** Returns the name of a hook that a case needs and the store does not have, or `undefined` if it has all of them. */
export function missingHook<Storage>(
  { needsDamage, needsHook }: StoreCase,
  hooks: Pick<StoreUnderTest<Storage>, "damage" | "hold" | "openWithBus">,
): string | undefined {
  if (needsDamage !== undefined && hooks.damage?.[needsDamage] === undefined) return `damage.${needsDamage}`;
  return needsHook !== undefined && hooks[needsHook] === undefined ? needsHook : undefined;
}
