import { pause } from "@aether/nats";
import { expect, test } from "vitest";
import { Deadline } from "../src/protocol/ask-again.ts";
import { NoReplyError } from "../src/protocol/no-reply-error.ts";
import type { LastMessages } from "../src/read/last-messages.ts";
import { ReadGoal } from "../src/read/read-goal.ts";

const LIMIT_MS = 100;
const actor = { id: "a", subject: "es.events.c.~.a" };
const last = { sequence: 7, data: new Uint8Array(), header: () => undefined };

test("a goal is asked for again if the leader was silent while the caller handled a chunk", async () => {
  let isSilent = true;
  const lastMessages: Pick<LastMessages, "ask"> = {
    ask: async () => {
      if (isSilent) throw new NoReplyError("time-out", actor.subject);
      return last;
    },
  };
  const deadline = new Deadline(LIMIT_MS);
  const goal = new ReadGoal(lastMessages as LastMessages, actor, { sequence: 0, isLast: false }, deadline);
  goal.ask();
  await pause(2 * LIMIT_MS);
  await expect(goal.isReachedBy(8)).rejects.toMatchObject({ reason: "time-out" });
  isSilent = false;
  deadline.renew();
  expect(await goal.isReachedBy(7)).toBe(false);
  expect(await goal.isReachedBy(8)).toBe(true);
});
