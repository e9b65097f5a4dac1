declare const positionBrand: unique symbol;

/**
 * Where a store keeps an event: opaque, unique per event (also within a batch), safe in JSON. Of two positions of one
 * store, the one that sorts first with `<` was stored first. Positions of different stores must not be compared.
 */
export type Position = string & { readonly [positionBrand]: "Position" };
