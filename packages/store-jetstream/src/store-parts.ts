import type { NatsConnection } from "@aether/nats";
import { type Announcer, announcerFor, type EventDefaults } from "@aether/store-kit";
import { v4 as uuid } from "uuid";
import { Appender } from "./append/appender.ts";
import { Committer } from "./append/committer.ts";
import { Slots } from "./append/slots.ts";
import { Expiry } from "./expiry/expiry.ts";
import { ExpiryGuard } from "./expiry/expiry-guard.ts";
import { FloorFill } from "./expiry/floor-fill.ts";
import { Floors } from "./expiry/floors.ts";
import { Feed } from "./feed/feed.ts";
import { HeadCache } from "./head-cache.ts";
import { InFlight } from "./in-flight.ts";
import { MessageLimit } from "./message-limit.ts";
import { type OpenedLink, withLink } from "./open-link.ts";
import type { ResolvedOptions } from "./options.ts";
import { Deadline } from "./protocol/ask-again.ts";
import { JetStreamApi, type StreamInfo } from "./protocol/jetstream-api.ts";
import type { Link } from "./protocol/link.ts";
import { MessageSizes } from "./protocol/message-sizes.ts";
import { Positions } from "./protocol/positions.ts";
import { CommitDecoder } from "./read/commit-decoder.ts";
import { DirectGet } from "./read/direct-get.ts";
import { Heads } from "./read/heads.ts";
import { History } from "./read/history.ts";
import { LastMessages } from "./read/last-messages.ts";
import { MessageReader } from "./read/message-reader.ts";
import { SingleMessages } from "./read/single-messages.ts";
import { Snapshots } from "./snapshots/snapshots.ts";
import { ensureStream } from "./stream/ensure-stream.ts";
import { Patrol } from "./stream/patrol.ts";
import { eventsPlan, floorsPlan, type StreamPlan, snapshotsPlan } from "./stream/stream-plan.ts";
import { StreamWatch } from "./stream/stream-watch.ts";
import { floorSubject, floorsCompleteSubject, snapshotSubject } from "./subjects.ts";

/** Generates the ids and timestamps that a save does not specify. */
export const defaults: EventDefaults = { newId: () => uuid(), now: () => new Date().toISOString() };

/** The parts of an open store. */
export interface StoreParts {
  readonly link: Link;
  readonly api: JetStreamApi;
  readonly watch: StreamWatch;
  readonly cache: HeadCache;
  readonly heads: Heads;
  readonly history: History;
  readonly appender: Appender;
  readonly feed: Feed;
  readonly snapshots: Snapshots;
  readonly announcer: Announcer | undefined;
  readonly inFlight: InFlight;
  readonly patrol: Patrol;
}

/**
 * Opens the streams that the options request, and assembles the parts of a store.
 * @throws ApiError, NoReplyError, `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND`, `AETHER_UNSAFE_SERVER`
 */
export function openParts(connection: NatsConnection, options: ResolvedOptions): Promise<StoreParts> {
  return withLink(connection, options, (opened) => assemble(opened, options));
}

async function assemble(
  { link, uniqueName, openTimeoutMs }: OpenedLink,
  options: ResolvedOptions,
): Promise<StoreParts> {
  const { effectiveName, ackTimeoutMs, cacheSize } = options;
  const apiFor = ({ config }: StreamPlan): JetStreamApi => new JetStreamApi(link, options.apiPrefix, config.name);
  const ensure = (api: JetStreamApi, plan: StreamPlan, limitMs: number): Promise<StreamInfo> => {
    const mode = { mode: options.stream, serverVersion: link.server.version };
    return ensureStream(api, plan, mode, new Deadline(limitMs));
  };

  const plan = eventsPlan(options);
  const api = apiFor(plan);
  // Events must have floors before the server may remove them. So the retention is updated last.
  const isExpiryUpdated =
    options.stream === "update" && options.requested.streamRetention && options.streamRetentionMs !== undefined;
  const info = await ensure(api, isExpiryUpdated ? withoutRetention(plan) : plan, openTimeoutMs);
  const sizes = new MessageSizes(link, () => api.isRemote);
  const limit = new MessageLimit(sizes, api);
  limit.learn(info);
  const watch = new StreamWatch(link, api, plan, info, Math.ceil(ackTimeoutMs / 3));

  const floorPlan = floorsPlan(options, info);
  const floorsApi = apiFor(floorPlan);
  const floors = new Floors(floorsApi, {
    cacheSize,
    subjectOf: (actorId) => floorSubject(effectiveName, actorId),
    completeSubject: floorsCompleteSubject(effectiveName),
    ensureStream: (limitMs = ackTimeoutMs) => ensure(floorsApi, floorPlan, limitMs),
  });
  const guard = new ExpiryGuard(new Expiry(floors, watch, options.acceptTruncated), info);

  const cache = new HeadCache(cacheSize);
  const places = { sizes, isReplicated: () => watch.isReplicated, consumerPrefix: uniqueName };
  const messages = new SingleMessages(link, api, { ...places, streamName: effectiveName });
  const lastMessages = new LastMessages(messages, watch, cache);
  const isAllowed = info.config.allow_direct === true;
  const directGet = new DirectGet(sizes, api, { streamName: effectiveName, isAllowed });
  const reader = new MessageReader({ link, api, messages, sizes, watch, directGet, consumerPrefix: uniqueName });
  const positions = new Positions(info.created);
  const decoder = new CommitDecoder(messages, positions);
  const heads = new Heads({ messages, lastMessages, reader, decoder, cache, watch, guard });
  const history = new History({ messages, heads, lastMessages, reader, decoder, positions, cache, watch, guard });

  const consumerName = `${uniqueName}-floors`;
  const fillParts = {
    link,
    api,
    streamName: effectiveName,
    floors,
    heads,
    sizes,
    consumerName,
    timeoutMs: ackTimeoutMs,
  };
  const fill = new FloorFill(fillParts);
  if (guard.expiry !== undefined || isExpiryUpdated) {
    await floors.open(openTimeoutMs);
    await fill.complete(guard.expiry === undefined);
  }
  if (isExpiryUpdated) guard.update(await ensure(api, plan, openTimeoutMs), fill);
  watch.onVerified((verified) => {
    limit.learn(verified);
    guard.update(verified, fill);
  });
  const patrol = new Patrol(link, async () => {
    await watch.verify(ackTimeoutMs);
    await guard.patrol(fill);
  });

  const announcer = announcerFor(options.announce, defaults);
  const inFlight = new InFlight();
  const appender = new Appender({
    cache,
    heads,
    history,
    committer: new Committer({ link, api, messages, sizes, limit, watch, ackTimeoutMs }),
    slots: new Slots(options.maxInFlight),
    positions,
    guard,
    inFlight,
    ackTimeoutMs,
    onStored: (stored) => announcer?.announce(stored),
    limit,
  });
  link.onRejecting(() => appender.rejectWaiting());

  const feed = new Feed({
    link,
    api,
    watch,
    messages,
    lastMessages,
    reader,
    sizes,
    decoder,
    positions,
    streamName: effectiveName,
    consumerPrefix: uniqueName,
    acceptTruncated: options.acceptTruncated,
    ackTimeoutMs,
  });

  const snapshotPlan = snapshotsPlan(options, info);
  const snapshotsApi = apiFor(snapshotPlan);
  const snapshotMessages = new SingleMessages(link, snapshotsApi, { ...places, streamName: snapshotPlan.config.name });
  const snapshots = new Snapshots(snapshotsApi, snapshotMessages, {
    ensureStream: () => ensure(snapshotsApi, snapshotPlan, ackTimeoutMs),
    subjectOf: ({ id }) => snapshotSubject(effectiveName, id),
    limit: new MessageLimit(sizes, snapshotsApi),
    sizes,
  });
  return { link, api, watch, cache, heads, history, appender, feed, snapshots, announcer, inFlight, patrol };
}

function withoutRetention(plan: StreamPlan): StreamPlan {
  return { ...plan, requested: plan.requested.filter((setting) => setting !== "max_age") };
}
