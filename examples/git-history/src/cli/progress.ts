/** One line on a terminal that shows the progress of a run. */
export interface Progress {
  /** Shows a text. */
  note(text: string): void;
  /** Shows a progress bar. Redraws it at most every 50 ms. */
  update(step: string, done: number, total: number): void;
  /** Clears the line. */
  clear(): void;
}

/** An output stream. Progress is written only if the stream is a terminal. */
export interface ProgressTarget {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const width = 30;
const redrawIntervalMs = 50;
const clearLine = "\r\x1b[2K";

export function progressOn(target: ProgressTarget): Progress {
  const show = (text: string): void => {
    if (target.isTTY === true) target.write(`${clearLine}${text}`);
  };
  let lastDrawn = Number.NEGATIVE_INFINITY;
  return {
    note: show,
    update(step, done, total) {
      const now = performance.now();
      if (now - lastDrawn < redrawIntervalMs) return;
      lastDrawn = now;
      const filled = Math.min(width, Math.floor((width * done) / total));
      show(`${step} ${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total}`);
    },
    clear: () => show(""),
  };
}
