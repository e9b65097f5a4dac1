/** Pause between attempts, in milliseconds: long enough not to hammer a server that is starting. */
export const RETRY_PAUSE_MS = 50;
