import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../src/repository.ts";
import { type Snippet, snippetsOf } from "./documents.ts";

/** Lists the examples in the doc comments of the published packages, as complete programs. */
export function examples(): readonly Snippet[] {
  return readdirSync(join(root, "packages")).flatMap((name) => {
    const sources = join("packages", name, "src");
    return readdirSync(join(root, sources), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(sources, file))
      .flatMap((path) => snippetsOf({ path, text: commentsOf(readFileSync(join(root, path), "utf8")) }))
      .map((snippet) => ({ ...snippet, code: `${preamble(`@aether/${name}`, snippet.code)}${snippet.code}` }));
  });
}

/** Returns only the doc comments of a source, as plain text. They keep their line numbers. Code becomes empty lines. */
function commentsOf(source: string): string {
  let isComment = false;
  return source
    .split("\n")
    .map((line) => {
      if (/^\s*\/\*\*/.test(line)) isComment = true;
      const text = isComment ? line.replace(/^\s*(?:\/\*\*|\*\/|\* ?)/, "") : "";
      if (line.includes("*/")) isComment = false;
      return text;
    })
    .join("\n");
}

const packageNames = readdirSync(join(root, "packages")).map((name) => `@aether/${name}`);
/** For each package, its exports by name, each with its import clause. They are read from the API reports. */
const exported = new Map(packageNames.map((name) => [name, exportsOf(name)]));

function exportsOf(name: string): ReadonlyMap<string, string> {
  const folder = name.replace("@aether/", "");
  const report = readFileSync(join(root, "packages", folder, `${folder}.api.md`), "utf8");
  const declared = [...report.matchAll(/^export (?:abstract )?(class|function|const|interface|type) (\w+)/gm)];
  const renamed = [...report.matchAll(/^(interface|type) \w+_2\b[\s\S]*?^export \{ \w+_2 as (\w+) \}/gm)];
  return new Map(
    [...declared, ...renamed].map(([, kind = "", word = ""]) => [
      word,
      /type|interface/.test(kind) ? `type ${word}` : word,
    ]),
  );
}

/**
 * Returns the declarations that an example leaves out because readers know them: imports, preferably from the example's
 * package, and common names such as `store`. All declarations are on one line, so that the line numbers in compiler
 * errors stay correct.
 */
function preamble(own: string, code: string): string {
  const words = new Set(code.match(/\b[A-Za-z_]\w*\b/g));
  for (const [, list = ""] of code.matchAll(
    /\b(?:const|let|using|class|function|type|interface|import) (\w+|[{[][^\]}]*[\]}])/g,
  )) {
    for (const declared of list.match(/\w+/g) ?? []) words.delete(declared);
  }
  const lines: string[] = [];
  for (const name of [own, "@aether/core", ...packageNames]) {
    for (const [word, how] of exported.get(name) ?? []) {
      if (words.delete(word)) lines.push(`import { ${how} } from "${name}";`);
    }
  }
  const settings = own === "@aether/store-jetstream" ? { ...values, store: jetStreamStore } : values;
  for (const word of words) {
    if (Object.hasOwn(types, word)) lines.push(`type ${word} = ${types[word]};`);
    if (Object.hasOwn(settings, word)) lines.push(`declare const ${word}: ${settings[word]};`);
  }
  return lines.map((line) => `${line} `).join("");
}

const core = 'import("@aether/core")';
const orderEvent = `${core}.EventsOf<{ OrderPlaced: { item: string }; OrderShipped: { carrier: string } }>`;
const memoryStore = `import("@aether/store-memory").MemoryEventStore<${orderEvent}>`;
const jetStreamStore = `import("@aether/store-jetstream").JetStreamEventStore<${orderEvent}>`;
const orderCommand =
  'import("@aether/decider").CommandsOf<{ PlaceOrder: { item: string }; ShipOrder: { carrier: string } }>';
const orderSummary = "{ status: string; items: string[] }";
const order = "{ readonly item?: string; readonly carrier?: string }";

const types: Readonly<Record<string, string>> = {
  OrderEvent: orderEvent,
  Order: order,
  MyStoreFullError: `${core}.AetherError & { readonly code: "MY_STORE_FULL" }`,
};

/** Types of the names that examples use without declaring them. */
const values: Readonly<Record<string, string>> = {
  error: "unknown",
  store: memoryStore,
  bus: `${core}.EventBroadcaster<${orderEvent} | ${core}.EventStored>`,
  event: `${core}.EventOfType<${orderEvent}, "OrderPlaced">`,
  events: `readonly ${orderEvent}[]`,
  orders: `import("@aether/decider").Decider<${orderEvent}, ${orderCommand}, ${order}>`,
  given: `import("@aether/decider").DeciderTest<${orderEvent}, ${orderCommand}, ${order}>["given"]`,
  documents: `${core}.DocumentStore`,
  processor: `import("@aether/processor").EventProcessor<${orderEvent}>`,
  orderSummaries: `import("@aether/projections").Projection<${orderEvent}, ${orderSummary}>`,
  running: `import("@aether/projections").RunningProjection<${orderSummary}>`,
  sendMail: `(event: ${orderEvent}, signal: AbortSignal) => Promise<void>`,
  decide: `import("@aether/retry").Decide<${orderEvent}>`,
  connection: 'import("@aether/nats").NatsConnection',
  DatabaseSync: 'typeof import("node:sqlite").DatabaseSync',
  connect: '(options: object) => Promise<import("@nats-io/transport-node").NatsConnection>',
  defaults: 'import("@aether/store-kit").EventDefaults',
  receipt: `${core}.SaveReceipt`,
  page: `${core}.FeedPage & { readonly position: ${core}.Position }`,
  options: `${core}.CallOptions`,
  feedOptions: `${core}.FeedOptions`,
  subscribeOptions: `${core}.SubscribeOptions`,
  signal: "AbortSignal",
  order,
  noOrder: order,
  evolve: `(order: ${order}, event: ${orderEvent}) => ${order}`,
  operations: 'readonly import("@aether/conformance").RecordedOperation[]',
  contents: 'ReadonlyMap<string, readonly import("@aether/conformance").RecordedEvent[]>',
  projectionsUnderTest: 'import("@aether/conformance").ProjectionsUnderTest<unknown>',
  describe: "(name: string, body: () => void) => void",
  test: "(name: string, body: () => Promise<void>) => void",
  request: "() => Promise<unknown>",
  message: "{ readonly data: Uint8Array }",
  servers: "string",
  line: "string",
  namespace: "string",
  work: "Promise<unknown>",
  hub: 'import("@aether/bus-kit").SubscriptionHub',
  registry: 'import("@aether/bus-kit").PatternRegistry',
  storeUnderTest: 'import("@aether/conformance").StoreUnderTest<string>',
  documentStoreUnderTest: 'import("@aether/conformance").DocumentStoreUnderTest<string>',
  busUnderTest: 'import("@aether/conformance").BusUnderTest<string>',
  storeCase: 'import("@aether/conformance").StoreCase',
};
