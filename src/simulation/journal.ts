import { readOptions } from '../backend/input-validation';
import type { Operation } from '../backend/operation';
import { isWrite } from '../backend/operation';
import { decodeWith, type StorageCodec } from '../codec/storage-codec';
import { fail, markClass } from '../errors';
import type { StorageRecord } from '../store/storage-record';
import { checkMethod, checkText } from './checks';
import { type Clock, systemClock } from './clock';
import type { JournalEntry, JournalNote } from './journal-entry';
import { type RecordedContents, type Recording, recordingOf } from './recording';
import { formatSequenceDiagram } from './sequence-diagram';
import { formatTimeline } from './timeline';

export interface JournalOptions {
  /** The most entries that are kept; the oldest go first. Default: 10,000 */
  readonly limit?: number | undefined;
  /** Default: the time of day. */
  readonly clock?: Pick<Clock, 'now'> | undefined;
}

/** What a journal held at one time. */
export interface CapturedJournal {
  readonly timeline: () => string;
  readonly diagram: () => string;
  readonly recording: () => Recording;
}

type Draft = { -readonly [Field in keyof JournalEntry]: JournalEntry[Field] };

/**
 * What operations did, and in which order: hand one journal to `withJournal` for all the backends that it is to record.
 *
 * @example
 * console.log(journal.toString()); // a lane for each client, from top to bottom
 * expect(journal.find({ client: 'tab-1', type: 'save' })).toHaveLength(1);
 */
export class Journal {
  static {
    markClass(Journal);
  }

  /** @internal False for a Proxy of one: that has no private fields. */
  static is(value: unknown): value is Journal {
    return #entries in Object(value);
  }

  readonly #limit: number;
  readonly #clock: Pick<Clock, 'now'>;
  #entries: Draft[] = [];
  #notes: JournalNote[] = [];
  /** By the number of an entry: what gives the data that the operation has found or stored. Decoded when a timeline is made. */
  #data = new Map<number, () => unknown>();
  #recorded = 0;
  #places = 0;
  #droppedUnderWay = 0;
  #droppedUntil = 0;

  constructor(options: JournalOptions = {}) {
    const { limit = 10_000, clock = systemClock } = readOptions(options, ['limit', 'clock']);
    if (!(Number.isSafeInteger(limit) && limit > 0)) fail('ERR_INVALID_OPTION', 'limit to be a whole number above 0', limit);
    checkMethod(clock, 'now', 'a clock');
    this.#limit = limit;
    this.#clock = clock;
  }

  /** In the order of the calls. */
  get entries(): readonly JournalEntry[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  /** How many entries were recorded, those included that are not kept any more. */
  get recorded(): number {
    return this.#recorded;
  }

  /** The entries that have all of these. */
  find(wanted: Partial<Pick<JournalEntry, 'type' | 'client' | 'key' | 'revision' | 'outcome'>>): readonly JournalEntry[] {
    readOptions(wanted, ['type', 'client', 'key', 'revision', 'outcome']);
    const fields = Object.entries(wanted) as [keyof JournalEntry, unknown][];
    return this.entries.filter((entry) => fields.every(([field, value]) => entry[field] === value));
  }

  /** Puts something else that a client did into its lane of the timeline. */
  note(client: string, text: string): void {
    checkText('client', client);
    checkText('text', text);
    this.noteOf(client, () => text);
  }

  /** @internal The same, of something that is done now: what comes of it has its place behind it. */
  noteOf(client: string, act: () => string, whole?: () => string): void {
    const place = this.#place();
    this.#notes.push({ client, text: act(), place, ...(whole !== undefined && { whole }) });
    if (this.#notes.length > this.#limit) this.#notes.shift();
  }

  clear(): void {
    this.#drop(this.#entries.length);
    this.#notes = [];
  }

  /**
   * @internal When the last write ended of which there is no entry any more, as a place; `Infinity` while one is under way.
   * `checkHistory` can't judge what began before.
   */
  get droppedUntil(): number {
    return this.#droppedUnderWay > 0 ? Number.POSITIVE_INFINITY : this.#droppedUntil;
  }

  /** @internal Forgets everything, as if it were new. */
  renew(): void {
    this.#entries = [];
    this.#notes = [];
    this.#data = new Map();
    this.#recorded = 0;
    this.#places = 0;
    this.#droppedUnderWay = 0;
    this.#droppedUntil = 0;
  }

  /** A timeline: a lane for each client, and a row for each effect, each answer that came later, and each note. */
  toString(): string {
    return formatTimeline(this.#entries, this.#notes, (entry) => this.#data.get(entry.number));
  }

  /** The same as a Mermaid sequence diagram. */
  toMermaid(): string {
    return formatSequenceDiagram(this.#entries, this.#notes, (entry) => this.#data.get(entry.number));
  }

  /** @internal What it holds now, in each form. They are made when they are asked for, also after `renew`. */
  capture(contents: RecordedContents): CapturedJournal {
    const [entries, notes, data] = [this.#entries, this.#notes, this.#data];
    const dataOf = (entry: JournalEntry) => data.get(entry.number);
    return {
      timeline: () => formatTimeline(entries, notes, dataOf),
      diagram: () => formatSequenceDiagram(entries, notes, dataOf),
      recording: () => recordingOf(entries, notes, dataOf, contents),
    };
  }

  /** @internal The place of what was recorded last. */
  get latestPlace(): number {
    return this.#places;
  }

  /** @internal What `console.log` shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Journal(${this.#recorded})\n${this}`;
  }

  /** @internal An operation was called. */
  begin({ type, client, key, revision, ifMatch }: Operation): Draft {
    this.#recorded += 1;
    const entry: Draft = {
      number: this.#recorded,
      type,
      client,
      key,
      begin: this.#place(),
      beganAt: this.#clock.now(),
      outcome: 'pending',
    };
    if (revision !== undefined) entry.revision = revision;
    if (ifMatch !== undefined) entry.ifMatch = ifMatch;
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#drop(1);
    return entry;
  }

  /** @internal It has taken effect. */
  effect(entry: Draft, result: unknown, codec?: StorageCodec<unknown>): void {
    entry.effect = this.#place();
    if (reads(entry)) this.#find(entry, result, codec);
  }

  /** @internal Its caller has its answer, which need not be what was found: a fault may have come between. */
  answer(entry: Draft, result: unknown, codec?: StorageCodec<unknown>): void {
    if (reads(entry)) this.#find(entry, result, codec);
    this.#end(entry, 'done');
  }

  /** @internal It is about to store this. */
  write(entry: Draft, record: StorageRecord, codec: StorageCodec<unknown>): void {
    this.#data.set(entry.number, () => decodeWith(codec, record.data));
  }

  /** @internal Its caller has an error. */
  fail(entry: Draft, error: unknown): void {
    entry.error = error;
    this.#end(entry, 'failed');
  }

  #find(entry: Draft, result: unknown, codec: StorageCodec<unknown> | undefined): void {
    const record = result as StorageRecord | null;
    entry.revision = record?.revision ?? null;
    if (record === null || entry.type === 'stat' || codec === undefined) this.#data.delete(entry.number);
    else this.#data.set(entry.number, () => decodeWith(codec, record.data));
  }

  #end(entry: Draft, outcome: 'done' | 'failed'): void {
    entry.end = this.#place();
    entry.endedAt = this.#clock.now();
    entry.outcome = outcome;
    const isDropped = entry.number <= this.#recorded - this.#entries.length;
    if (!isDropped || !isWrite(entry)) return;
    this.#droppedUnderWay -= 1;
    this.#droppedUntil = entry.end;
  }

  /** The oldest go. */
  #drop(count: number): void {
    for (const entry of this.#entries.splice(0, count)) {
      this.#data.delete(entry.number);
      if (!isWrite(entry)) continue;
      if (entry.end === undefined) this.#droppedUnderWay += 1;
      else this.#droppedUntil = Math.max(this.#droppedUntil, entry.end);
    }
  }

  #place(): number {
    this.#places += 1;
    return this.#places;
  }
}

function reads({ type }: Draft): boolean {
  return type === 'load' || type === 'stat' || type === 'update';
}
