declare const positionBrand: unique symbol;

/**
 * Position of an event in its store: an opaque string that JSON can contain. Each event has a different position, even
 * within a batch. Compare two positions from the same store with `<`: the event with the smaller position was stored
 * first. Positions from different stores cannot be compared.
 *
 * A position also identifies the stored record. So a store detects a position of another store, or of a stream that was
 * created again or restored from an older backup.
 */
export type Position = string & { readonly [positionBrand]: "Position" };
