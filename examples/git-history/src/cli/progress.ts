/** A line that shows how far a job is. */
export interface Progress {
  update(done: number): void;
  /** Takes the line away. */
  clear(): void;
}

/** What is drawn on: a terminal, or something else that is spared. */
export interface ProgressTarget {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const width = 30;
const redrawIntervalMs = 50;
const clearLine = "\r\x1b[2K";

/** Draws a bar on a terminal; elsewhere nothing. */
export function showProgress(target: ProgressTarget, label: string, total: number): Progress {
  if (target.isTTY !== true) return { update: () => {}, clear: () => {} };
  let lastDrawn = Number.NEGATIVE_INFINITY;
  return {
    update(done) {
      const now = performance.now();
      if (now - lastDrawn < redrawIntervalMs) return;
      lastDrawn = now;
      const filled = total === 0 ? width : Math.min(width, Math.floor((width * done) / total));
      target.write(`${clearLine}${label} ${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total}`);
    },
    clear: () => void target.write(clearLine),
  };
}
