import type { Revision } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { hostileActorIds, longActorIds } from "../samples/hostile-actor-ids.ts";
import { similarNames } from "../samples/hostile-texts.ts";
import {
  type DocumentCase,
  type DocumentCaseContext,
  type DocumentCaseDefinition,
  documentCaseGroup,
} from "../suite/document-case.ts";
import { COLLECTION, checkStored, listed } from "./reading.ts";

type Name = readonly [collection: string, id: string];

/** Creates one document for each name. Checks that every read returns the document of this name. */
async function checkApart(context: DocumentCaseContext, names: readonly Name[]): Promise<void> {
  const store = await context.open();
  const markOf = (index: number): object => ({ of: `name ${index}` });
  const created = await Promise.all(
    names.map(([collection, id], index) =>
      outcomeOf(store.putDocument(collection, id, markOf(index), { expectedRevision: "absent" })),
    ),
  );
  for (const [index, outcome] of created.entries()) {
    if (outcome.status === "fulfilled") continue;
    check("the creation of a document never meets another document, for any name", {
      given: { name: names[index], names },
      expected: "no error",
      actual: outcome.reason,
    });
  }
  const revisions = created.map((outcome) => (outcome as PromiseFulfilledResult<Revision>).value);
  const expectedOf = (index: number) => ({ value: markOf(index), revision: revisions[index] as Revision });
  await Promise.all(names.map((name, index) => checkStored(store, { names }, name, expectedOf(index))));
  const collections = [...new Set(names.map(([collection]) => collection))];
  for (const collection of collections) {
    const own = names.flatMap(([each, id], index) => (each === collection ? [{ id, ...expectedOf(index) }] : []));
    const found = await listed(store, collection);
    check("a list contains exactly the documents of its collection, for any name", {
      given: { collection, names },
      expected: Object.fromEntries(own.map(({ id, value }) => [`id ${id}`, value])),
      actual: Object.fromEntries(found.map(({ id, value }) => [`id ${id}`, value])),
    });
  }
  const [first, ...others] = names;
  if (first === undefined) return;
  await store.deleteDocument(...first);
  await checkStored(store, { names, deleted: first }, first, undefined);
  await Promise.all(
    others.map((name, index) => checkStored(store, { names, deleted: first }, name, expectedOf(index + 1))),
  );
}

/** Pairs of collection and id that stores often join into the same key. */
const joined: readonly Name[] = [
  ...[..." .:/#-|_~\u0000,;=+$\"'\\%*>"].flatMap((separator): readonly Name[] => [
    [`a${separator}b`, "c"],
    ["a", `b${separator}c`],
  ]),
  ["a", ""],
  ["", "a"],
  ["", ""],
  ["a", "a"],
  ["ab", "c"],
  ["a", "bc"],
  ["abc", ""],
  ["", "abc"],
];

/** Names that stores need for themselves. */
const reserved: readonly string[] = [
  ..."__proto__ constructor prototype toString hasOwnProperty _id $KV KV_ documents sqlite_master absent".split(" "),
];

const loneSurrogates = ["\ud800", "a\udfffb", "\udc00\ud800"];

/** A text of exactly this number of bytes. */
function textOfBytes(bytes: number, character: string, end: string): string {
  const size = new TextEncoder().encode(character).length;
  const text = character.repeat(Math.floor((bytes - end.length) / size));
  return `${text}${"x".repeat((bytes - end.length) % size)}${end}`;
}

export const names: readonly DocumentCase[] = documentCaseGroup("names", [
  ...Object.entries(hostileActorIds).map(
    ([kind, ids]): DocumentCaseDefinition => ({
      name: `different ids identify different documents: ${kind}`,
      run: (context) =>
        checkApart(
          context,
          [COLLECTION, ...ids].map((id): Name => [COLLECTION, id]),
        ),
    }),
  ),
  {
    name: "different texts identify different collections",
    run(context) {
      const ids = [...Object.values(hostileActorIds).flat(), ...reserved];
      const collections = [...new Set(["", ...ids.filter((_, index) => index % 2 === 0), ...similarNames.flat()])];
      return checkApart(
        context,
        collections.map((collection): Name => [collection, "a"]),
      );
    },
  },
  {
    name: "a collection and an id are never joined into the name of another document",
    run: (context) => checkApart(context, joined),
  },
  {
    name: "the empty text is a collection and an id",
    run: (context) =>
      checkApart(context, [
        ["", ""],
        ["", "a"],
        ["a", ""],
        ["a", "a"],
      ]),
  },
  {
    name: "similar names, and names of objects, identify different documents",
    run: (context) =>
      checkApart(
        context,
        [...new Set([...similarNames.flat(), ...reserved])].map((id) => ["a", id]),
      ),
  },
  {
    name: "names of 1,024 bytes together are accepted, and kept apart",
    run(context) {
      const names = ["x", "%", ".", " ", "\u0000", "é", "中", "\u{1F4A5}"].flatMap((character): readonly Name[] => [
        ["c", textOfBytes(1_023, character, "1")],
        ["c", textOfBytes(1_023, character, "2")],
        [textOfBytes(1_023, character, "1"), "i"],
        [textOfBytes(512, character, "1"), textOfBytes(512, character, "2")],
        ["", textOfBytes(1_024, character, "1")],
      ]);
      return checkApart(context, names);
    },
  },
  {
    name: "longer names are kept apart, or rejected with InvalidArgumentError",
    async run(context) {
      const store = await context.open();
      const longer = [...[1_100, 4_000, 100_000].map((length) => "x".repeat(length)), "é".repeat(600)];
      const pairs = [...longActorIds, ...longer.map((text): Name => [`${text}a`, `${text}b`])];
      for (const [index, ids] of pairs.entries()) {
        const stored: { readonly id: string; readonly value: object; readonly revision: Revision }[] = [];
        for (const id of ids) {
          const value = { of: stored.length, pair: index };
          const outcome = await outcomeOf(store.putDocument(COLLECTION, id, value));
          if (outcome.status === "fulfilled") stored.push({ id, value, revision: outcome.value as Revision });
          else {
            await checkRejects(
              "a name that is too long for the store is rejected with InvalidArgumentError, and not cut",
              { characters: id.length },
              Promise.reject(outcome.reason),
              { code: "AETHER_INVALID_ARGUMENT" },
            );
          }
        }
        for (const { id, ...expected } of stored) {
          await checkStored(store, "two ids that differ in the last character only", [COLLECTION, id], expected);
        }
      }
    },
  },
  {
    name: "a name that is not a well-formed text is rejected",
    async run(context) {
      const store = await context.open();
      await store.putDocument(COLLECTION, "\ufffd", { n: 1 });
      for (const bad of [...loneSurrogates, ...([undefined, null, 7, {}, ["a"]] as unknown as string[])]) {
        const guarantee = "a name that is not a well-formed text is rejected with InvalidArgumentError";
        const collection = { code: "AETHER_INVALID_ARGUMENT", argument: "collection" } as const;
        const id = { code: "AETHER_INVALID_ARGUMENT", argument: "id" } as const;
        await checkRejects(guarantee, { id: bad }, store.getDocument(COLLECTION, bad), id);
        await checkRejects(guarantee, { collection: bad }, store.getDocument(bad, "a"), collection);
        await checkRejects(guarantee, { id: bad }, store.putDocument(COLLECTION, bad, {}), id);
        await checkRejects(guarantee, { collection: bad }, store.putDocument(bad, "a", {}), collection);
        await checkRejects(guarantee, { id: bad }, store.deleteDocument(COLLECTION, bad), id);
        await checkRejects(guarantee, { collection: bad }, store.deleteDocument(bad, "a"), collection);
        await checkRejects(guarantee, { collection: bad }, listed(store, bad), collection);
      }
    },
  },
  {
    name: "a name is never treated as a pattern",
    async run(context) {
      const store = await context.open();
      for (const id of ["a.b", "axb", "ab"]) await store.putDocument(COLLECTION, id, { n: 1 });
      const patterns = ["a", "a.*", "a.>", "*", "*.*", ">", "a%", "a_b", "%", "_", "a?b", ".*", "a.", "b", "A.B", "a*"];
      for (const pattern of patterns) {
        const given = ["a.b", "axb", "ab"];
        await checkStored(store, given, [COLLECTION, pattern], undefined);
        await store.deleteDocument(COLLECTION, pattern);
        check("a collection is never treated as a pattern", {
          given: { put: given, collection: pattern },
          expected: [],
          actual: await listed(store, pattern),
        });
      }
      check("a deletion never treats an id as a pattern", {
        given: { deleted: patterns },
        expected: ["a.b", "ab", "axb"],
        actual: (await listed(store, COLLECTION)).map(({ id }) => id),
      });
    },
  },
]);
