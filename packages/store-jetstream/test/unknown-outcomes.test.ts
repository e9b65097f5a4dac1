import { isAetherError, type NewEvent, type OutcomeUnknownError } from "@aether/core";
import { describe, expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const event = (version: number, id: string): NewEvent => ({ actorId: "a", version, eventType: "Tested", data: {}, id });
const unknownOf = (work: Promise<unknown>): Promise<OutcomeUnknownError> =>
  work.then(
    () => Promise.reject(new Error("it resolved")),
    (error: unknown) => (isAetherError(error, "AETHER_OUTCOME_UNKNOWN") ? error : Promise.reject(error)),
  );
const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** The answer of a leader that has only the first message of the actor. */
const firstMessageOf = async (streamName: string, client: (typeof clients)[number]): Promise<string> => {
  const raw = new RawStream(await server.connect(client), streamName);
  return JSON.stringify(await raw.api("STREAM.MSG.GET.{stream}", { seq: 1 }));
};
const isAck = ({ data }: { readonly data: Uint8Array }): boolean => new TextDecoder().decode(data).includes('"seq":');

describe.each(clients)("lost messages, through $client", (client) => {
  test("a commit whose acknowledgement was lost is found to be stored, once", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 3_000 }, connection);
    await store.saveEvent(event(1, "e1"));
    let lost = 0;
    connection.incoming = (message) => (isAck(message) && lost++ === 0 ? "lose" : "pass");
    const receipt = await store.saveEvent(event(2, "e2"));
    expect(lost).toBeGreaterThan(0);
    const events = await store.getEvents("a");
    expect(events.map(({ id }) => id)).toEqual(["e1", "e2"]);
    await store.saveEvent(event(3, "e3"));
    expect(receipt.position < (await store.saveEvent(event(4, "e4"))).position).toBe(true);
  });

  test("a commit that was lost in transit is sent again", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 3_000 }, connection);
    let lost = 0;
    connection.outgoing = (subject) => (subject.startsWith(store.streamName) && lost++ === 0 ? "lose" : "pass");
    await store.saveEvent(event(1, "e1"));
    expect((await store.getEvents("a")).map(({ id }) => id)).toEqual(["e1"]);
  });

  test("a lost commit that another writer overtakes ends as a conflict", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 3_000 }, connection);
    const other = await server.open(client, { streamName: store.streamName });
    await store.saveEvent(event(1, "e1"));
    connection.outgoing = (subject) => {
      if (!subject.startsWith(store.streamName)) return "pass";
      connection.outgoing = () => "pass";
      return "lose";
    };
    const save = store.saveEvent(event(2, "ours"));
    await other.saveEvent(event(2, "theirs"));
    const conflict = { code: "AETHER_VERSION_CONFLICT", currentVersion: 2, sameEvent: false };
    await expect(save).rejects.toMatchObject(conflict);
    expect((await store.getEvents("a")).map(({ id }) => id)).toEqual(["e1", "theirs"]);
  });

  test("without any answer the outcome is unknown, and saving the same event again settles it", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 120 }, connection);
    connection.incoming = () => "lose";
    const error = await unknownOf(store.saveEvent(event(1, "e1")));
    expect(error).toMatchObject({ actorId: "a", eventIds: ["e1"] });
    expect(error.cause).toBeInstanceOf(Error);
    connection.incoming = () => "pass";
    await expect(store.saveEvent(event(1, "e1"))).rejects.toMatchObject({ sameEvent: true, currentVersion: 1 });
    expect(await store.getEvents("a")).toHaveLength(1);
  });

  test("a cold save whose first read gets no answer stores nothing: the store is unavailable", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 60 }, connection);
    connection.incoming = () => "lose";
    await expect(store.saveEvent(event(2, "e2"))).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    connection.incoming = () => "pass";
    expect(await store.getLatestVersion("a")).toBe(0);
  });

  test("a read that must find its start asks again; without any answer the store is unavailable", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const writer = await server.open(client);
    await writer.saveEvents([event(1, "e1"), event(2, "e2")]);
    const patient = { streamName: writer.streamName, ackTimeoutMs: 3_000 };
    const store = await server.open(client, patient, connection);
    let lost = 0;
    const loseOne = (subject: string): "lose" | "pass" =>
      subject.startsWith("$JS.API.STREAM.MSG.GET.") && lost++ === 0 ? "lose" : "pass";
    connection.outgoing = loseOne;
    expect(await store.getLatestVersion("a")).toBe(2);
    lost = 0;
    expect((await store.getEvents("a", 2)).map(({ id }) => id)).toEqual(["e2"]);
    const impatient = { streamName: writer.streamName, ackTimeoutMs: 60 };
    const cold = await server.open(client, impatient, connection);
    connection.outgoing = () => "lose";
    const unavailable = { code: "AETHER_STORE_UNAVAILABLE" };
    await expect(cold.getEvents("a", 2)).rejects.toMatchObject(unavailable);
    await expect(cold.getEvents("a", 1)).rejects.toMatchObject(unavailable);
    await expect(cold.getLatestVersion("a")).rejects.toMatchObject(unavailable);
  });

  test("an outdated last message is requested again before it is accepted", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    await store.saveEvents([event(1, "e1"), event(2, "e2")]);
    await store.saveEvent(event(3, "e3"));
    const old = await firstMessageOf(store.streamName, client);
    connection.rewrite = (message) => {
      if (!decoder.decode(message.data).includes("stream_msg_get_response")) return message;
      connection.rewrite = (each) => each;
      return { subject: message.subject, data: encoder.encode(old) };
    };
    expect(await store.getLatestVersion("a")).toBe(3);
    expect(await store.getEvents("a")).toHaveLength(3);
  });

  test("an abort after sending makes the outcome unknown; an abort while waiting rejects with the reason", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    const reason = new Error("enough");
    const abort = new AbortController();
    const sent = new Promise<void>((resolve) => {
      connection.outgoing = (subject) => {
        if (subject.startsWith(store.streamName)) resolve();
        return "pass";
      };
    });
    connection.incoming = () => "lose";
    const first = store.saveEvent(event(1, "e1"), { signal: abort.signal });
    await sent;
    const waiting = store.saveEvent(event(2, "e2"), { signal: abort.signal });
    abort.abort(reason);
    expect((await unknownOf(first)).cause).toBe(reason);
    await expect(waiting).rejects.toBe(reason);
    connection.incoming = () => "pass";
    await store.close();
    const again = await server.open(client, { streamName: store.streamName });
    expect((await again.getEvents("a")).map(({ id }) => id)).toEqual(["e1"]);
  });

  test("closing the connection during a save ends the save, and close() does not hang", async () => {
    const connection = await server.connect(client);
    const lossy = new LossyConnection(connection);
    const store = await server.open(client, {}, lossy);
    lossy.incoming = () => "lose";
    const save = unknownOf(store.saveEvent(event(1, "e1")));
    await connection.flush();
    await connection.close();
    await save;
    await store.close();
    await expect(store.getEvents("a")).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
  });

  test("close() waits for an unanswered save only as long as the save itself waits", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 400 }, connection);
    connection.incoming = () => "lose";
    const save = unknownOf(store.saveEvent(event(1, "e1")));
    await store.close();
    expect((await save).eventIds).toEqual(["e1"]);
    expect(connection.subscriptions).toBe(0);
  });

  test("close() lets calls in flight end, and rejects later ones", async () => {
    const store = await server.open(client);
    const saves = [1, 2, 3].map((version) => store.saveEvent(event(version, `e${version}`)));
    await Promise.all([store.close(), store.close()]);
    expect((await Promise.all(saves)).map(({ version }) => version)).toEqual([1, 2, 3]);
    await expect(store.saveEvent(event(4, "e4"))).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
    await expect(store.saveEvent(event(0, "e0"))).rejects.toMatchObject({ code: "AETHER_INVALID_EVENT" });
  });
});
