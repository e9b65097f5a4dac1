import { describe, expect, test } from "vitest";
import { readPublishAnswer } from "../src/protocol/publish-answer.ts";

const read = (answer: unknown, domain?: string): unknown =>
  readPublishAnswer(new TextEncoder().encode(JSON.stringify(answer)), "es.events.c.~.a", "es", domain);
const rejection = (stream?: string) => ({
  error: { code: 400, err_code: 10071, description: "wrong last sequence: 3" },
  ...(stream === undefined ? {} : { stream }),
  seq: 0,
});

describe("an answer to a publish", () => {
  test.each([
    [{ stream: "es", seq: 7 }, undefined, 7],
    [{ stream: "es", domain: "hub", seq: 7 }, "hub", 7],
    [{ stream: "other", seq: 7 }, undefined, "stream other"],
    [{ stream: "es", domain: "leaf", seq: 7 }, undefined, "stream es in domain leaf"],
    [{ stream: "es", domain: "leaf", seq: 7 }, "hub", "stream es in domain leaf"],
    [{ stream: "es", seq: 7 }, "hub", "stream es"],
    [rejection("other"), "hub", "stream other"],
  ])("%j to a stream in domain %s is read as %s", (answer, domain, expected) => {
    expect(read(answer, domain)).toBe(expected);
  });

  test.each([rejection("es"), rejection()])("%j is a rejection", (answer) => {
    expect(() => read(answer, "hub")).toThrow(expect.objectContaining({ name: "JetStreamApiError", code: 10071 }));
  });

  test.each([{}, { stream: "es" }, null, 7, "+OK"])("%j is unreadable", (answer) => {
    expect(() => read(answer)).toThrow(expect.objectContaining({ name: "NoReplyError", reason: "unreadable" }));
  });
});
