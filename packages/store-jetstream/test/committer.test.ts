import type { NatsMessage } from "@aether/nats";
import { describe, expect, test } from "vitest";
import { type Commit, Committer } from "../src/append/committer.ts";
import { MessageLimit } from "../src/message-limit.ts";
import { ApiError } from "../src/protocol/api-error.ts";
import type { JetStreamApi } from "../src/protocol/jetstream-api.ts";
import type { Link } from "../src/protocol/link.ts";
import { NoReplyError } from "../src/protocol/no-reply-error.ts";
import type { StoredMessage } from "../src/protocol/stored-message.ts";
import { StreamWatch } from "../src/stream/stream-watch.ts";
import { infoOf, planOfEvents } from "./support/stream-plans.ts";

const subject = "es.events.c.~.a";
const encoder = new TextEncoder();
const payload = encoder.encode("ours");
/** A commit whose expected sequence is 10. */
const commit: Commit = { actor: { id: "a", subject }, payload, headers: encoder.encode(""), expectedSequence: 10 };

type Answer = object | NoReplyError;
const stored = { stream: "es", seq: 501 };
const refused = (lastSequence: number) => ({
  error: { code: 400, err_code: 10071, description: `wrong last sequence: ${lastSequence}` },
});
const inFlight = { error: { code: 400, err_code: 10164, description: "wrong last sequence" } };
const noResponders = new NoReplyError("no responders", subject);

/** Sends the commit to a fake stream that returns these answers in order, and then repeats the last one. */
async function outcomeOf(answers: readonly Answer[], { next = "ours", replicas = 3, firstSequence = 1 } = {}) {
  const plan = planOfEvents();
  const info = infoOf(plan, { num_replicas: replicas }, { first_seq: firstSequence, last_seq: 500 });
  const following = { sequence: 501, data: encoder.encode(next), header: () => undefined } satisfies StoredMessage;
  const api = { streamInfo: async () => info, nextMessage: async () => following } as unknown as JetStreamApi;
  const left = [...answers];
  let sent = 0;
  const link = {
    isClosed: false,
    onReconnect: () => {},
    send: (
      _1: string,
      _2: Uint8Array,
      _3: number,
      _4: unknown,
      resolve: (m: NatsMessage) => void,
      reject: (e: unknown) => void,
    ) => {
      sent++;
      const answer = (left.length > 1 ? left.shift() : left[0]) as Answer;
      if (answer instanceof NoReplyError) reject(answer);
      else resolve({ subject: "_INBOX", data: encoder.encode(JSON.stringify(answer)) });
    },
  } as unknown as Link;
  const watch = new StreamWatch(link, api, plan, info, 100);
  const outcome = await new Committer(link, api, watch, new MessageLimit(link, api), 200).commit(commit);
  return { outcome, sent };
}

describe("a refusal by a server that lacks the message that the commit follows", () => {
  test("counts as no answer: the next leader stores the commit", async () => {
    expect(await outcomeOf([refused(3), stored])).toEqual({ outcome: { status: "stored", sequence: 501 }, sent: 2 });
  });

  test("does not hide that the next leader has stored the commit", async () => {
    const { outcome } = await outcomeOf([refused(0), refused(501)]);
    expect(outcome).toEqual({ status: "stored", sequence: 501 });
  });

  test("does not hide that the next leader has stored another commit", async () => {
    const { outcome } = await outcomeOf([refused(0), refused(501)], { next: "theirs" });
    expect(outcome).toEqual({ status: "refused" });
  });

  test("leaves the outcome unknown if no other server answers", async () => {
    const { outcome } = await outcomeOf([refused(3), noResponders]);
    expect(outcome).toEqual({ status: "unknown", cause: noResponders });
  });

  test("is final if that message has expired", async () => {
    const { outcome } = await outcomeOf([refused(0)], { firstSequence: 11 });
    expect(outcome).toEqual({ status: "refused" });
  });

  test("means a reset if there is no other server", async () => {
    const { outcome } = await outcomeOf([refused(3)], { replicas: 1 });
    expect(outcome).toMatchObject({ status: "failed", cause: { code: "AETHER_STREAM_RESET" } });
  });
});

test("a refusal because of a later message is final at once", async () => {
  expect(await outcomeOf([refused(20)])).toEqual({ outcome: { status: "refused" }, sent: 1 });
});

describe("a write in flight", () => {
  test("may be a copy of the commit", async () => {
    expect((await outcomeOf([inFlight, refused(501)])).outcome).toEqual({ status: "stored", sequence: 501 });
    expect((await outcomeOf([inFlight, refused(501)], { next: "theirs" })).outcome).toEqual({ status: "refused" });
  });

  test("leaves the outcome unknown if it does not end in time", async () => {
    const { outcome } = await outcomeOf([inFlight]);
    expect(outcome).toEqual({ status: "unknown", cause: expect.any(ApiError) });
  });
});

test("nothing was stored if no server responds", async () => {
  expect((await outcomeOf([noResponders])).outcome).toEqual({ status: "failed", cause: noResponders });
});
