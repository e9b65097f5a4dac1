import { type DocumentStore, isAetherError, type Revision } from "@aether/core";
import { check, checkRejectsWith, outcomeOf } from "../checks/check.ts";
import { nextTurn } from "../checks/next-turn.ts";
import { pause } from "../checks/pause.ts";
import { range } from "../samples/events.ts";
import { watchedSignal } from "../samples/watched-signal.ts";
import { moments } from "../store-cases/moments.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { asAnyDocumentStore, CALLED, declaredDocumentCalls } from "./document-calls.ts";
import { COLLECTION, checkStored, putAll } from "./reading.ts";

const reasons: readonly unknown[] = [new Error("enough"), "a text", undefined, null, 0, "", false];

/** Returns true if an outcome says that the write was not made, and never will be. */
function isWithoutEffect(outcome: PromiseSettledResult<unknown>, reason: unknown): boolean {
  if (outcome.status === "fulfilled") return false;
  if (isAetherError(outcome.reason, "AETHER_OUTCOME_UNKNOWN") && outcome.reason.cause === reason) return false;
  if (outcome.reason !== reason) throw outcome.reason;
  return true;
}

export const aborting: readonly DocumentCase[] = documentCaseGroup("aborting", [
  {
    name: "a call with an aborted signal rejects with signal.reason and writes nothing",
    async run(context) {
      const store = await context.open();
      for (const reason of reasons) {
        const signal = AbortSignal.abort(reason);
        for (const { method, run } of declaredDocumentCalls(context.supports)) {
          const guarantee = "a call with an aborted signal rejects with signal.reason itself";
          const call = run(asAnyDocumentStore(store), { signal });
          await checkRejectsWith(guarantee, { method, reason }, call, signal.reason);
        }
      }
      const given = "every call, with an aborted signal";
      await checkStored(store, given, [COLLECTION, CALLED], undefined);
      const revision = await store.putDocument(COLLECTION, CALLED, { n: 1 });
      const deletion = store.deleteDocument(COLLECTION, CALLED, { signal: AbortSignal.abort(reasons[0]) });
      await checkRejectsWith("a deletion with an aborted signal rejects", given, deletion, reasons[0]);
      await checkStored(store, given, [COLLECTION, CALLED], { value: { n: 1 }, revision });
    },
  },
  {
    name: "a write that is aborted in flight is made, not made, or of unknown outcome, as it reports",
    async run(context) {
      const store = await context.open();
      for (const [index, { when, wait, reason }] of moments.entries()) {
        const id = `document ${index}`;
        const first = await store.putDocument(COLLECTION, id, { n: 1 });
        const { signal, abort } = watchedSignal();
        const putting = outcomeOf(store.putDocument(COLLECTION, id, { n: 2 }, { signal }));
        await wait();
        abort(reason);
        const outcome = await putting;
        const isNot = isWithoutEffect(outcome, reason);
        if (isNot) await pause(2);
        const document = await store.getDocument(COLLECTION, id);
        const given = { aborted: when, outcome: outcome.status };
        if (isNot) await checkStored(store, given, [COLLECTION, id], { value: { n: 1 }, revision: first });
        if (outcome.status === "fulfilled") {
          const revision = outcome.value as Revision;
          await checkStored(store, given, [COLLECTION, id], { value: { n: 2 }, revision });
        }
        check("an aborted write changes nothing else", {
          given,
          expected: true,
          actual:
            document !== undefined &&
            [first, outcomeRevision(outcome)].some((each) => each === undefined || each === document.revision),
        });
      }
    },
  },
  {
    name: "a read that is aborted in flight returns its result, or rejects with signal.reason",
    async run(context) {
      const store = await context.open();
      await putAll(
        store,
        range(1, 30).map((n) => `document ${n}`),
      );
      const isRead = ({ isWrite = false }): boolean => !isWrite;
      for (const { method, run } of declaredDocumentCalls(context.supports).filter(isRead)) {
        for (const { when, wait, reason } of moments) {
          const { signal, abort } = watchedSignal();
          const reading = outcomeOf(run(asAnyDocumentStore(store), { signal }));
          await wait();
          abort(reason);
          const outcome = await reading;
          if (outcome.status === "rejected") {
            const guarantee = "a read that is aborted rejects with signal.reason";
            await checkRejectsWith(guarantee, { method, aborted: when }, Promise.reject(outcome.reason), reason);
          }
        }
      }
    },
  },
  {
    name: "an abort between two documents ends a list",
    async run(context) {
      const store = await context.open();
      await putAll(
        store,
        range(1, 30).map((n) => `document ${n}`),
      );
      for (const reason of reasons) {
        const { signal, abort, listeners } = watchedSignal();
        const iterator = store.listDocuments(COLLECTION, { signal })[Symbol.asyncIterator]();
        await iterator.next();
        abort(reason);
        const guarantee = "a list whose signal is aborted rejects with signal.reason";
        await checkRejectsWith(guarantee, { aborted: "after the first document" }, iterator.next(), signal.reason);
        check("no listener of a list that has ended is left on its signal", {
          given: "an abort",
          expected: { listeners: 0 },
          actual: { listeners: listeners() },
        });
      }
    },
  },
  {
    name: "no listener is left on a signal after its calls have ended",
    async run(context) {
      const store = await context.open();
      await putAll(
        store,
        range(1, 10).map((n) => `document ${n}`),
      );
      for (const { method, run, runInvalid } of declaredDocumentCalls(context.supports)) {
        const watched = watchedSignal();
        const options = { signal: watched.signal };
        for (const call of [run, run, runInvalid]) await outcomeOf(call(asAnyDocumentStore(store), options));
        await conflict(store, options);
        for await (const _ of store.listDocuments(COLLECTION, options)) break;
        await nextTurn();
        check("no listener is left on a signal after its calls have ended", {
          given: { method, calls: "calls with the same signal, which have ended" },
          expected: { listeners: 0 },
          actual: { listeners: watched.listeners() },
        });
      }
    },
  },
]);

/** Makes a write that gets a conflict. */
async function conflict(store: DocumentStore, options: { readonly signal: AbortSignal }): Promise<void> {
  await outcomeOf(store.putDocument(COLLECTION, "document 1", {}, { ...options, expectedRevision: "absent" }));
}

/** The revision of a put that succeeded. `undefined` if its outcome is unknown. */
function outcomeRevision(outcome: PromiseSettledResult<unknown>): unknown {
  return outcome.status === "fulfilled" ? outcome.value : undefined;
}
