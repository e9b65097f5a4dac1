import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/protocol/api-error.ts";
import { askAgain, Deadline } from "../src/protocol/ask-again.ts";
import { NoReplyError } from "../src/protocol/no-reply-error.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const busy = new ApiError({ code: 400, err_code: 10_026, description: "maximum consumers limit reached" });

/** A server that answers the first requests with errors, and then no more. */
function answering(answers: unknown[]): (timeoutMs: number) => Promise<never> {
  return (timeoutMs) => {
    const answer = answers.shift();
    if (answer !== undefined) return Promise.reject(answer);
    return new Promise((_, reject) => setTimeout(() => reject(new NoReplyError("time-out", "subject")), timeoutMs));
  };
}

async function reasonOf(ask: (timeoutMs: number) => Promise<never>): Promise<unknown> {
  const reason = askAgain(new Deadline(300), ask).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1_000);
  return reason;
}

test("if the last attempt has too little time, the reason is the error of the attempt before", async () => {
  expect(await reasonOf(answering([busy, busy, busy, busy, busy]))).toBe(busy);
});

test("if an attempt with enough time was not answered, this is the reason", async () => {
  expect(await reasonOf(answering([busy, busy]))).toMatchObject({ reason: "time-out" });
  expect(await reasonOf(answering([]))).toMatchObject({ reason: "time-out" });
});
