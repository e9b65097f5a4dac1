/**
 * Freezes the plain objects and arrays of a state at every depth. Other objects, such as maps, stay as they are. A part
 * that is frozen already is taken as deeply frozen.
 */
export function freezeDeeply<State>(state: State): State {
  if (Object.isFrozen(state) || !(isPlainObject(state) || Array.isArray(state))) return state;
  Object.freeze(state);
  for (const part of Object.values(state)) freezeDeeply(part);
  return state;
}

/**
 * Freezes a state itself, if it is a plain object. To freeze its contents would make commands slower, above all if it
 * contains long arrays: V8 copies frozen ones slowly.
 */
export function freezeShallowly<State>(state: State): State {
  return isPlainObject(state) ? Object.freeze(state) : state;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
