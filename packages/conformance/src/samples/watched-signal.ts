/** An abort signal that counts its listeners. */
export interface WatchedSignal {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
  /** Number of listeners that were added to the signal and not removed from it. */
  listeners(): number;
}

type Listener = Parameters<AbortSignal["addEventListener"]>[1];

export function watchedSignal(): WatchedSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<Listener>();
  const add: AbortSignal["addEventListener"] = signal.addEventListener.bind(signal);
  const remove: AbortSignal["removeEventListener"] = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: Listener, options?: boolean | AddEventListenerOptions) => {
    listeners.add(listener);
    if (typeof options === "object") options.signal?.addEventListener("abort", () => listeners.delete(listener));
    add(type, listener, options);
  };
  signal.removeEventListener = (type: string, listener: Listener, options?: boolean | EventListenerOptions) => {
    listeners.delete(listener);
    remove(type, listener, options);
  };
  return {
    signal,
    abort: (reason) => controller.abort(reason),
    listeners: () => listeners.size + (signal.onabort === null ? 0 : 1),
  };
}
