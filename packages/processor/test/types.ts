/** Types that must compile, and errors that must be found: an unused `@ts-expect-error` is a compile error. */
import { isAetherError } from "@aether/core";
import { detailed, jitter, type RetryPolicy, simple } from "@aether/retry";
import type { HandlerRetryPolicy, ProcessorOptions } from "../src/index.ts";

class OutOfStock extends Error {}

/** A policy for some errors, and a policy of `@aether/retry` for all others. */
export function retries(options: ProcessorOptions): readonly ProcessorOptions[] {
  const others = jitter({ kind: "full", maxAttempts: 5 });
  const composed: HandlerRetryPolicy = {
    onFailure: (failed, random) =>
      failed.error instanceof OutOfStock ? { giveUp: true } : others.onFailure(failed, random),
  };
  const custom: RetryPolicy<unknown> = {
    name: "custom",
    // @ts-expect-error the error of a handler may be anything
    onFailure: ({ error }) => (error.code === "E_DOWN" ? { retryAfterMs: 1 } : { giveUp: true }),
  };
  return [
    { ...options, retry: composed },
    {
      ...options,
      retry: {
        onFailure: (failed, random) =>
          isAetherError(failed.error, "AETHER_STORE_FULL")
            ? { giveUp: failed.error }
            : simple({ maxAttempts: 3 }).onFailure(failed, random),
      },
    },
    { ...options, retry: simple() },
    { ...options, retry: detailed({ onFailure: ({ error }) => console.log(error instanceof OutOfStock) }) },
    // @ts-expect-error the error of a handler may be anything
    { ...options, retry: detailed({ onFailure: ({ error }) => console.log(error.code) }) },
    { ...options, retry: custom },
  ];
}
