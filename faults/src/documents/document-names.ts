/** Collection of all documents of the suites. */
export const COLLECTION = "faults";
/** Document that at most one worker owns. */
export const LOCK = "lock";
/** Documents that workers increase. */
export const counterIds: readonly string[] = Array.from({ length: 6 }, (_, index) => `counter-${index}`);
/** Documents that workers create and delete. */
export const toggleIds: readonly string[] = Array.from({ length: 3 }, (_, index) => `toggle-${index}`);
