import {
  abortable,
  type BatchEventStore,
  type CallOptions,
  type Event,
  type EventStored,
  type EventsWithErrors,
  type FeedEventStore,
  type FeedOptions,
  type FeedPage,
  InvalidArgumentError,
  type ListingEventStore,
  type ListOptions,
  type NewEvent,
  type NewSnapshot,
  type Position,
  type ReadOptions,
  type ReplayError,
  type ReplayReportingEventStore,
  type SaveReceipt,
  type Snapshot,
  type SnapshotStore,
  StoreClosedError,
  type StoredEvent,
  type StoreSupports,
  type StreamingEventStore,
  StreamResetError,
  VersionConflictError,
} from "@aether/core";
import {
  type AnnouncementBus,
  Announcer,
  checkActorId,
  checkCount,
  decodeEvent,
  formatPosition,
  freezeJson,
  type OpenFeedRange,
  prepareEvent,
  prepareEvents,
  prepareSnapshot,
  type ReadRange,
  readFeedOptions,
  readListOptions,
  readRange,
  readSignal,
  stoppable,
} from "@aether/store-kit";
import type { ReferenceStorage, StoredRecord } from "./reference-storage.ts";

export const referenceSupports: StoreSupports = Object.freeze({
  batch: true,
  replayErrors: true,
  streaming: true,
  snapshots: true,
  feed: true,
  listing: true,
  durable: true,
  shared: true,
});

/**
 * A simple and correct event store. It consists of small methods that mutants override. It checks and writes a save in
 * one synchronous step, so that saves of several stores on the same storage cannot interleave.
 */
export class ReferenceStore
  implements
    BatchEventStore,
    ReplayReportingEventStore,
    StreamingEventStore,
    SnapshotStore,
    FeedEventStore,
    ListingEventStore
{
  readonly supports: StoreSupports = referenceSupports;
  protected readonly storage: ReferenceStorage;
  protected readonly announcer: Announcer | undefined;
  protected closed = false;
  /** Aborted when the store is closed. */
  protected readonly closing: AbortController = new AbortController();

  constructor(storage: ReferenceStorage, bus?: AnnouncementBus) {
    this.storage = storage;
    if (bus === undefined) return;
    const publish: AnnouncementBus["publish"] = (namespace, announcement) =>
      bus.publish(namespace, this.announcement(announcement));
    this.announcer = new Announcer({ bus: { publish }, onBusError: () => {} }, this);
  }

  async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
    const prepared = this.prepare(event);
    this.checkOpen(options);
    const [receipt] = await this.save([prepared], options);
    return receipt as SaveReceipt;
  }

  async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const prepared = this.prepareBatch(events);
    this.checkOpen(options);
    return prepared.length === 0 ? [] : this.save(prepared, options);
  }

  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
    return (await this.getEventsWithErrors(actorId, fromVersion, options)).events;
  }

  async getEventsWithErrors(actorId: string, fromVersion = 0, options?: CallOptions): Promise<EventsWithErrors> {
    checkActorId(actorId);
    checkCount(fromVersion, "fromVersion");
    this.checkOpen(options);
    const { events, errors } = this.read(actorId);
    return { events: this.from(events, fromVersion), errors };
  }

  readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
    const kept = this.keepOptions(options);
    return { [Symbol.asyncIterator]: () => this.stream(actorId, kept) };
  }

  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    checkActorId(actorId);
    this.checkOpen(options);
    return this.latestVersion(actorId);
  }

  async saveSnapshot<State extends object>(snapshot: NewSnapshot<State>, options?: CallOptions): Promise<void> {
    const prepared = prepareSnapshot(snapshot);
    this.checkOpen(options);
    this.putSnapshot(prepared);
  }

  async getLatestSnapshot<State extends object>(
    actorId: string,
    options?: CallOptions,
  ): Promise<Snapshot<State> | undefined> {
    checkActorId(actorId);
    this.checkOpen(options);
    return this.snapshot(actorId) as Snapshot<State> | undefined;
  }

  readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
    return stoppable(
      () => readFeedOptions(options),
      (range) => this.checkOpen(range),
      (range) => this.pages(range),
      this.closing.signal,
    );
  }

  async getLatestPosition(options?: CallOptions): Promise<Position | undefined> {
    this.checkOpen(options);
    return this.latestPosition();
  }

  listActors(options?: ListOptions): AsyncIterable<string> {
    return stoppable(
      () => readListOptions(options),
      (range) => this.checkOpen(range),
      ({ actorIdPrefix, signal }) => this.list(actorIdPrefix, signal),
      this.closing.signal,
    );
  }

  async close(): Promise<void> {
    this.closed = true;
    this.closing.abort(new StoreClosedError());
    await this.announcer?.drained();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  protected checkOpen(options: CallOptions | undefined): void {
    const signal = readSignal(options);
    if (this.closed) throw new StoreClosedError();
    signal?.throwIfAborted();
  }

  protected prepare(event: NewEvent): Event {
    return prepareEvent(event, this);
  }

  protected prepareBatch(events: readonly NewEvent[]): readonly Event[] {
    return prepareEvents(events, this);
  }

  newId(): string {
    return crypto.randomUUID();
  }

  now(): string {
    return new Date().toISOString();
  }

  /** The key of an actor in the storage. */
  protected key(actorId: string): string {
    return actorId;
  }

  protected async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    if (this.storage.held !== undefined) await this.waitForRelease(options);
    return this.commit(events);
  }

  protected async waitForRelease(options?: CallOptions): Promise<void> {
    while (this.storage.held !== undefined) await abortable(this.storage.held, options?.signal);
  }

  protected async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
    this.checkConflict(events);
    const receipts = this.append(events);
    this.announce(events);
    return receipts;
  }

  protected announce(events: readonly Event[]): void {
    this.announcer?.announce(events);
  }

  /** The announcement that is published. */
  protected announcement(announcement: EventStored): EventStored {
    return announcement;
  }

  protected checkConflict(events: readonly Event[]): void {
    const [first] = events;
    if (first === undefined) return;
    const latest = this.latestVersion(first.actorId);
    if (this.isTaken(first, latest)) throw this.conflict(events, latest);
  }

  protected isTaken(event: Event, latest: number): boolean {
    return event.version <= latest;
  }

  protected conflict(events: readonly Event[], currentVersion: number): Error {
    const { actorId = "", version: attemptedVersion = 0 } = events[0] ?? {};
    return new VersionConflictError({ actorId, attemptedVersion, currentVersion, sameEvent: this.areStored(events) });
  }

  /** Returns true if each event is already stored at its version. */
  protected areStored(events: readonly Event[]): boolean {
    const stored = this.read(events[0]?.actorId ?? "").events;
    return events.every((event) => this.isStored(event, stored));
  }

  protected isStored({ version, id }: Event, stored: readonly Event[]): boolean {
    return stored.some((each) => each.version === version && each.id === id);
  }

  protected append(events: readonly Event[]): readonly SaveReceipt[] {
    const sequence = this.storage.put(this.key(events[0]?.actorId ?? ""), this.encode(events));
    return events.map((event, index) => this.receipt(event, this.position(sequence, index)));
  }

  protected encode(events: readonly Event[]): string {
    return JSON.stringify(events);
  }

  protected receipt({ id, version, timestamp }: Event, position: string): SaveReceipt {
    return { id, version, timestamp, position: position as Position };
  }

  protected position(sequence: number, index: number): string {
    return formatPosition({ sequence, index, incarnation: this.storage.incarnation, stamp: "0" });
  }

  protected read(actorId: string): { readonly events: Event[]; readonly errors: ReplayError[] } {
    const events: Event[] = [];
    const errors: ReplayError[] = [];
    for (const record of this.storage.recordsOf(this.key(actorId))) {
      try {
        const decoded = this.decode(this.textOf(record));
        // Only records that a store has not written are checked, so that mutants can mix up actors and versions.
        if (record.bytes !== undefined) this.checkPlace(decoded, actorId, events.at(-1)?.version ?? 0);
        events.push(...decoded);
      } catch (cause) {
        errors.push(this.replayError(record, cause));
      }
    }
    return { events, errors };
  }

  protected textOf({ json, bytes }: StoredRecord): string {
    return bytes === undefined ? json : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  }

  protected decode(json: string): readonly Event[] {
    const parsed: unknown = JSON.parse(json);
    const all = Array.isArray(parsed) ? parsed : [parsed];
    if (all.length === 0) throw new Error("the record contains no event");
    return all.map((one) => this.decodeOne(one));
  }

  protected decodeOne(one: unknown): Event {
    return decodeEvent(one);
  }

  /** Throws if a record was not written by a store: its events belong to another actor, or are not the next ones. */
  protected checkPlace(events: readonly Event[], actorId: string, latestVersion: number): void {
    if (events.some((event) => event.actorId !== actorId)) throw new Error("the record belongs to another actor");
    if ((events[0]?.version ?? 0) <= latestVersion) throw new Error("the version of the record is already stored");
  }

  protected replayError({ sequence, json, bytes }: StoredRecord, cause: unknown): ReplayError {
    const raw = bytes ?? new TextEncoder().encode(json);
    return { position: this.position(sequence, 0) as Position, raw, cause };
  }

  protected from(events: readonly Event[], fromVersion: number): readonly Event[] {
    return events.filter(({ version }) => version >= fromVersion);
  }

  protected latestVersion(actorId: string): number {
    return this.read(actorId).events.at(-1)?.version ?? 0;
  }

  protected async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
    checkActorId(actorId);
    const range = readRange(options);
    this.checkOpen(options);
    for (const event of this.select(this.read(actorId).events, range)) {
      options?.signal?.throwIfAborted();
      yield event;
    }
  }

  /** The options of a read as they are at the call. */
  protected keepOptions<Options extends object>(options: Options | undefined): Options | undefined {
    return typeof options === "object" && options !== null ? { ...options } : options;
  }

  protected select(
    events: readonly Event[],
    { fromVersion, toVersion, limit, direction }: ReadRange,
  ): readonly Event[] {
    const wanted = events.filter(({ version }) => version >= fromVersion && version <= toVersion);
    return (direction === "backward" ? wanted.toReversed() : wanted).slice(0, limit);
  }

  protected putSnapshot(snapshot: NewSnapshot): void {
    const { actorId, version } = snapshot;
    const latest = this.latestVersion(actorId);
    if (this.isAhead(version, latest)) {
      const reason = `is ahead of the actor's latest version, ${latest}`;
      throw new InvalidArgumentError({ argument: "snapshot.version", reason });
    }
    if (this.isOlder(version, this.snapshot(actorId)?.version ?? 0)) return;
    this.storage.snapshots.set(this.key(actorId), JSON.stringify({ ...snapshot, timestamp: this.now() }));
  }

  protected isAhead(version: number, latest: number): boolean {
    return version > latest;
  }

  protected isOlder(version: number, kept: number): boolean {
    return version < kept;
  }

  protected snapshot(actorId: string): Snapshot | undefined {
    const json = this.storage.snapshots.get(this.key(actorId));
    return json === undefined ? undefined : this.decodeSnapshot(json);
  }

  protected decodeSnapshot(json: string): Snapshot {
    return freezeJson(JSON.parse(json) as Snapshot, "snapshot", (_, reason) => new Error(reason));
  }

  protected latestPosition(): Position | undefined {
    const last = this.storage.log.at(-1);
    return last === undefined ? undefined : this.positionOf(last);
  }

  /** The position of a record's last event. */
  protected positionOf(record: StoredRecord): Position {
    const { events } = this.storedIn(record);
    return events.at(-1)?.position ?? (this.position(record.sequence, 0) as Position);
  }

  protected async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
    let next = this.firstAfter(range);
    let position = range.after === undefined ? undefined : formatPosition(range.after);
    const end = this.end();
    for (let wasCaughtUp = false; ; ) {
      const records = this.storage.log.slice(next, Math.min(next + PAGE_RECORDS, range.follow ? this.end() : end));
      const last = records.at(-1);
      if (last !== undefined) position = this.positionOf(last);
      next += records.length;
      const isCaughtUp = next >= (range.follow ? this.end() : end);
      if (records.length > 0 || (isCaughtUp && !wasCaughtUp)) yield this.page(records, range, position, isCaughtUp);
      wasCaughtUp = isCaughtUp;
      if (isCaughtUp && !range.follow) return;
      if (next >= this.end()) await this.changed(range.signal);
    }
  }

  /** The index at which the log ends now. */
  protected end(): number {
    return this.storage.log.length;
  }

  /** The index of the first record that has events after the position. */
  protected firstAfter({ after }: OpenFeedRange): number {
    if (after === undefined) return 0;
    const { sequence, incarnation } = after;
    const index = this.storage.log.findIndex((record) => record.sequence === sequence);
    if (index < 0 || !this.isOwn(incarnation)) {
      throw new StreamResetError({ streamName: "reference", reason: "the position is from another storage" });
    }
    return this.positionOf(this.storage.log[index] as StoredRecord) > formatPosition(after) ? index : index + 1;
  }

  protected isOwn(incarnation: string): boolean {
    return incarnation === this.storage.incarnation;
  }

  protected page(
    records: readonly StoredRecord[],
    range: OpenFeedRange,
    position: Position | undefined,
    isCaughtUp: boolean,
  ): FeedPage {
    const decoded = records.map((record) => this.storedIn(record));
    const after = range.after === undefined ? "" : formatPosition(range.after);
    const isWanted = (stored: StoredEvent): boolean => stored.position > after && this.accepts(stored.event, range);
    const events = decoded.flatMap((each) => each.events).filter(isWanted);
    const errors = decoded.flatMap((each) => each.errors).filter((error) => error.position > after);
    return { events, errors, position, isCaughtUp };
  }

  protected accepts(event: Event, { accepts }: OpenFeedRange): boolean {
    return accepts?.(event) ?? true;
  }

  /** The events of a record with their positions, or the error if it is malformed. */
  protected storedIn(record: StoredRecord): {
    readonly events: readonly StoredEvent[];
    readonly errors: readonly ReplayError[];
  } {
    const { key, sequence, bytes } = record;
    try {
      const events = this.decode(this.textOf(record));
      if (bytes !== undefined) this.checkPlace(events, key, this.versionBefore(record));
      const positionAt = (index: number): Position => this.position(sequence, index) as Position;
      return { events: events.map((event, index) => ({ event, position: positionAt(index) })), errors: [] };
    } catch (cause) {
      return { events: [], errors: [this.replayError(record, cause)] };
    }
  }

  /** The version of the actor's last event before a record. */
  protected versionBefore({ key, sequence }: StoredRecord): number {
    const earlier = this.storage.recordsOf(key).filter((record) => record.sequence < sequence);
    return earlier.flatMap((record) => this.storedIn(record).events).at(-1)?.event.version ?? 0;
  }

  /** Resolves after the next save. @throws `signal.reason` */
  protected async changed(signal: AbortSignal): Promise<void> {
    const { waiting } = this.storage;
    let resume: () => void = () => {};
    const saved = new Promise<void>((resolve) => {
      resume = resolve;
    });
    waiting.add(resume);
    try {
      await abortable(saved, signal);
    } finally {
      waiting.delete(resume);
    }
  }

  protected *list(actorIdPrefix: string, _signal: AbortSignal): Generator<string, void, undefined> {
    for (const actorId of this.storage.keys) {
      if (actorId.startsWith(actorIdPrefix) && this.latestVersion(actorId) > 0) yield actorId;
    }
  }
}

/** Maximum number of records in a page of the feed. */
const PAGE_RECORDS = 100;
