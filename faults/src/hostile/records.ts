import fc from "fast-check";

/** A message that a faulty or hostile program could publish to the stream of a store. */
export interface HostileRecord {
  readonly payload: (actorId: string) => Uint8Array;
  readonly headers: string | undefined;
}

const encoder = new TextEncoder();

/** Header blocks as other programs could send them. Some of them are not valid. */
const headers: fc.Arbitrary<string | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "NATS/1.0\r\n\r\n",
      "NATS/1.0 100\r\n\r\n",
      "NATS/1.0 404 No Messages\r\n\r\n",
      "NATS/1.0 409 Consumer Deleted\r\n\r\n",
      "NATS/1.0 503\r\n\r\n",
      "NATS/1.0 x\r\n\r\n",
      "NATS/1.0\r\nAether-Versions: 0-0/0\r\n\r\n",
      "NATS/1.0\r\nAether-Versions: 3-1/2\r\n\r\n",
      "NATS/1.0\r\nAether-Versions: 1-1/1\r\n\r\n",
      "NATS/1.0\r\nAether-Versions: 9007199254740991-9007199254740991/1\r\n\r\n",
      "NATS/1.0\r\nAether-Versions: 99999999999999999999-1/1\r\n\r\n",
      "NATS/1.0\r\nAether-Versions: -1/x\r\n\r\n",
      "NATS/1.0\r\naether-versions: 7-7/1\r\n\r\n",
      "NATS/1.0\r\nAether-Versions:7-7/1\r\n\r\n",
      "NATS/1.0\r\nAether-Versions: 1-1/1\r\nAether-Versions: 8-8/1\r\n\r\n",
      "NATS/1.0\r\nAether-After: 5/0\r\n\r\n",
      "NATS/1.0\r\nBad Key: x\r\n\r\n",
      "NATS/1.0\r\nno colon\r\n\r\n",
      "NATS/1.0\r\n: no key\r\n\r\n",
      "NATS/1.0\r\nKey: \u0000\u0007\r\n\r\n",
      "NATS/1.0\r\nKey\u00e9: \u00e9\r\n\r\n",
      "NATS/1.0\r\nNats-Msg-Id:\r\n\r\n",
    ),
  },
);

const eventJson = (actorId: string, version: unknown, fields: object = {}): string =>
  JSON.stringify({
    id: "raw",
    eventType: "Raw",
    actorId,
    version,
    data: {},
    timestamp: "2026-01-01T00:00:00Z",
    ...fields,
  });

const versions = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(0, -1, 1.5, 2 ** 53, "1", null));

const texts: fc.Arbitrary<(actorId: string) => string> = fc.oneof(
  versions.map((version) => (actorId: string) => eventJson(actorId, version)),
  versions.map((version) => () => eventJson("another actor", version)),
  fc
    .array(versions, { maxLength: 4 })
    .map((all) => (actorId: string) => `[${all.map((version) => eventJson(actorId, version))}]`),
  fc
    .constantFrom<object>(
      { data: null },
      { data: [] },
      { data: "text" },
      { metadata: 1 },
      { metadata: { key: 1 } },
      { metadata: null },
      { id: "" },
      { eventType: 7 },
      { timestamp: "yesterday" },
      { beyond: { the: "contract" } },
    )
    .map((fields) => (actorId: string) => eventJson(actorId, 9, fields)),
  fc.constantFrom<(actorId: string) => string>(
    () => "",
    () => " ",
    () => "null",
    () => "[]",
    () => "{}",
    () => "[[[]]]",
    () => "1e999",
    () => '"text"',
    () => "[".repeat(10_000),
    () => `${"[".repeat(10_000)}${"]".repeat(10_000)}`,
    () => `{"a":`.repeat(5_000),
    (actorId) => eventJson(actorId, 5).slice(0, -1),
    (actorId) => `\ufeff${eventJson(actorId, 5)}`,
    (actorId) => eventJson(actorId, 5).replace('"data":{}', `"data":${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`),
    (actorId) => eventJson(actorId, 5).replace('"data":{}', '"data":{"__proto__":{"polluted":true}}'),
    (actorId) =>
      eventJson(actorId, 5).replace(
        '"data":{}',
        '"data":{},"__proto__":{"polluted":true},"constructor":{"prototype":{}}',
      ),
    (actorId) => eventJson(actorId, 5).replace('"version":5', '"version":5,"version":"x"'),
  ),
);

/** Payloads: valid and invalid JSON, random bytes, and JSON with damaged bytes. */
const payload: fc.Arbitrary<(actorId: string) => Uint8Array> = fc.oneof(
  { weight: 120, arbitrary: texts.map((make) => (actorId: string) => encoder.encode(make(actorId))) },
  { weight: 20, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => () => bytes) },
  {
    weight: 60,
    arbitrary: fc
      .tuple(texts, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
      .map(([make, damages]) => (actorId: string) => {
        const bytes = encoder.encode(make(actorId));
        for (const [at, value] of damages) if (bytes.length > 0) bytes[at % bytes.length] = value;
        return bytes;
      }),
  },
  { weight: 1, arbitrary: fc.constant(() => encoder.encode("[".repeat(1_000_000))) },
);

export const record: fc.Arbitrary<HostileRecord> = fc.record({ payload, headers });
