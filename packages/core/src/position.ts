declare const positionBrand: unique symbol;

/**
 * Position of an event in its store: an opaque text, unique per event, even within a batch, and safe in JSON. Of two
 * positions of one store, the one that sorts first with `<` was stored first. Positions of different stores cannot be
 * compared.
 */
export type Position = string & { readonly [positionBrand]: "Position" };
