import type { NatsMessage } from "@aether/nats";
import { describe, expect, test } from "vitest";
import type { Commit } from "../src/append/commit-outcome.ts";
import { Committer } from "../src/append/committer.ts";
import { MessageLimit } from "../src/message-limit.ts";
import { ApiError } from "../src/protocol/api-error.ts";
import type { JetStreamApi } from "../src/protocol/jetstream-api.ts";
import type { Link } from "../src/protocol/link.ts";
import { MessageSizes } from "../src/protocol/message-sizes.ts";
import { NoReplyError } from "../src/protocol/no-reply-error.ts";
import { readPublishAnswer } from "../src/protocol/publish-answer.ts";
import type { StoredMessage } from "../src/protocol/stored-message.ts";
import type { SingleMessages } from "../src/read/single-messages.ts";
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

/** Answers of the leader of the fake stream. */
interface Fake {
  /** The message after the expected one. */
  readonly next: string | undefined;
  /** Number of reads that do not find that message yet. */
  readonly missing: number;
  /** The sequence of the actor's last message. */
  readonly last: number;
  readonly replicas: number;
  readonly firstSequence: number;
  readonly domain: string | undefined;
}

/** Sends the commit to a fake stream that returns these answers in order, and then repeats the last one. */
async function outcomeOf(answers: readonly Answer[], options: Partial<Fake> = {}) {
  const { last = 501, replicas = 3, firstSequence = 1, domain } = options;
  let { missing = 0 } = options;
  const next = "next" in options ? options.next : "ours";
  const plan = planOfEvents();
  const info = infoOf(plan, { num_replicas: replicas }, { first_seq: firstSequence, last_seq: 500 });
  const following = {
    sequence: 501,
    data: encoder.encode(next ?? ""),
    header: () => undefined,
  } satisfies StoredMessage;
  const readAnswer = (answer: Uint8Array) => readPublishAnswer(answer, subject, "es", domain);
  const api = { streamInfo: async () => info, readAnswer, domain } as unknown as JetStreamApi;
  const messages = {
    next: async () => (next === undefined || missing-- > 0 ? undefined : following),
    lastHead: async () => ({ sequence: last }),
  } as unknown as SingleMessages;
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
      receive: (m: NatsMessage) => boolean,
      reject: (e: unknown) => void,
    ) => {
      sent++;
      const answer = (left.length > 1 ? left.shift() : left[0]) as Answer;
      if (answer instanceof NoReplyError) reject(answer);
      else if (!receive({ subject: "_INBOX", data: encoder.encode(JSON.stringify(answer)) })) {
        reject(new NoReplyError("time-out", subject));
      }
    },
  } as unknown as Link;
  const sizes = new MessageSizes(link, () => false);
  const watch = new StreamWatch(link, api, plan, info, 100);
  const limit = new MessageLimit(sizes, api);
  const outcome = await new Committer({ link, api, messages, sizes, limit, watch, ackTimeoutMs: 200 }).commit(commit);
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

describe("in a domain, a rejection may come from another stream with the same name", () => {
  const domain = "hub";
  const acknowledged = { stream: "es", domain, seq: 501 };
  const full = { error: { code: 503, err_code: 10077, description: "maximum messages exceeded" } };
  const storedAt501 = { status: "stored", sequence: 501 };

  test("the leader has the commit", async () => {
    for (const answer of [refused(3), refused(20), full]) {
      expect(await outcomeOf([answer], { domain, replicas: 1 })).toEqual({ outcome: storedAt501, sent: 1 });
    }
  });

  test("the leader has another commit", async () => {
    for (const answer of [refused(3), refused(20), full]) {
      const { outcome, sent } = await outcomeOf([answer], { domain, replicas: 1, next: "theirs" });
      expect([outcome, sent]).toEqual([{ status: "refused" }, 1]);
    }
  });

  test("the leader has no newer message: the commit is sent again, and conflicts are ignored", async () => {
    const options = { domain, replicas: 1, next: undefined, last: 10 };
    for (const answer of [refused(3), refused(20)]) {
      expect(await outcomeOf([answer, acknowledged], options)).toEqual({ outcome: storedAt501, sent: 2 });
      expect((await outcomeOf([answer], options)).outcome).toMatchObject({ status: "unknown" });
    }
  });

  test("the commit is stored while it is sent again", async () => {
    const options = { domain, replicas: 1, missing: 1, last: 10 };
    expect(await outcomeOf([refused(20), refused(501)], options)).toEqual({ outcome: storedAt501, sent: 2 });
  });

  test("a second rejection for another reason is believed", async () => {
    const options = { domain, replicas: 1, next: undefined, last: 10 };
    expect(await outcomeOf([full], options)).toMatchObject({
      outcome: { status: "failed", cause: { code: 10077 } },
      sent: 2,
    });
    expect(await outcomeOf([full, acknowledged], options)).toEqual({ outcome: storedAt501, sent: 2 });
  });

  test("the stream was reset", async () => {
    const { outcome } = await outcomeOf([refused(3)], { domain, replicas: 1, next: undefined, last: 3 });
    expect(outcome).toMatchObject({ status: "failed", cause: { code: "AETHER_STREAM_RESET" } });
  });

  test("acknowledgements of other streams are ignored", async () => {
    const foreign = { stream: "es", domain: "leaf", seq: 9 };
    const { outcome } = await outcomeOf([foreign], { domain });
    expect(outcome).toMatchObject({ status: "unknown", cause: { message: expect.stringContaining("in domain leaf") } });
  });
});
