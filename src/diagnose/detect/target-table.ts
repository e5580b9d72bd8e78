/**
 * Counts of many targets, 100 bytes each: server sockets (address, port) and hosts (port -1). Found by number arithmetic
 * alone. When it is full, the quarter with the least activity gives way, of equals those that were silent longest.
 */
import type { AddressVisitor } from '../../wire/address.ts';
import { larger } from '../../wire/larger.ts';
import { hashHandle, hashNumber, hashPair } from './key-hash.ts';
import type { TargetCounts } from './target-profile.ts';

/** What is counted: the place in a target's row of counts, here and in its window. */
export const Event = {
  Attempt: 0,
  SynAgain: 1,
  Answered: 2,
  SynackAgain: 3,
  Completed: 4,
  Refused: 5,
  Aborted: 6,
  TakenBack: 7,
  Fin: 8,
  StrayReceived: 9,
  StraySent: 10,
  MidStreamFromClient: 11,
  MidStreamFromServer: 12,
} as const;
export type Event = (typeof Event)[keyof typeof Event];

/** Counts per row: a cache line. */
export const EVENTS = 16;

export class TargetTable {
  /** Rows in use. */
  rows = 0;
  /** Rows that gave way. */
  forgotten = 0;
  address: Float64Array = new Float64Array(0);
  port: Int32Array = new Int32Array(0);
  counts: Uint32Array = new Uint32Array(0);
  firstAt: Float64Array = new Float64Array(0);
  lastAt: Float64Array = new Float64Array(0);
  /** Index of what watches the target, or -1. */
  watch: Int32Array = new Int32Array(0);
  readonly #most: number;
  readonly #seed: number;
  readonly #now: Float64Array;
  /** Row + 1 per slot; 0 = free. At most half full. */
  #slots: Int32Array = new Int32Array(2 * INITIAL);

  /** At most `most` rows. `now[0]` is the time of what is counted (ns). */
  constructor(most: number, seed: number, now: Float64Array) {
    this.#most = most;
    this.#seed = seed;
    this.#now = now;
    this.#resize(Math.min(most, INITIAL));
  }

  /** The row of a target, or -1. */
  find(address: number, port: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = this.#hash(address, port) & mask; ; slot = (slot + 1) & mask) {
      const row = slots[slot]! - 1;
      if (row < 0 || (this.address[row] === address && this.port[row] === port)) return row;
    }
  }

  /** Counts an event of a row, at the present time. Hot. */
  count(row: number, event: Event): void {
    this.countMany(row, event, 1, this.#now[0]!);
  }

  /** Counts an event of a row so many times, of which the latest was at `ts`. */
  countMany(row: number, event: Event, times: number, ts: number): void {
    this.counts[row * EVENTS + event]! += times;
    if (ts > this.lastAt[row]!) this.lastAt[row] = ts;
  }

  /** A row's counts, for people. */
  read(row: number): TargetCounts {
    return readCounts(this.counts, row * EVENTS, this.firstAt[row]!, this.lastAt[row]!);
  }

  eachAddress(visit: AddressVisitor): void {
    for (let row = 0; row < this.rows; row++) visit(this.address[row]!);
  }

  /** Is there room for so many more rows? Else `cull` makes some. */
  hasRoom(rows: number): boolean {
    return this.rows + rows <= this.#most;
  }

  /** A new row, found under its target from now on. The table must not be full. */
  add(address: number, port: number): number {
    const ts = this.#now[0]!;
    if (this.rows === this.address.length) this.#resize(Math.min(this.#most, 2 * this.rows));
    const row = this.rows++;
    this.address[row] = address;
    this.port[row] = port;
    this.counts.fill(0, row * EVENTS, (row + 1) * EVENTS);
    this.firstAt[row] = ts;
    this.lastAt[row] = ts;
    this.watch[row] = -1;
    this.#put(row);
    return row;
  }

  /** Drops a quarter of the rows, none that is watched. Rows change their numbers. */
  cull(): void {
    const ranks = this.#ranks();
    const histogram = new Uint32Array(RANKS);
    for (let row = 0; row < this.rows; row++) histogram[ranks[row]!]!++;
    let quota = Math.max(1, this.rows >>> 2);
    let last = 0;
    // Whole ranks first, and of the last one as many as the quota wants. The highest rank is that of watched rows.
    for (; last < RANKS - 1 && histogram[last]! < quota; last++) quota -= histogram[last]!;
    if (last === RANKS - 1) quota = 0;
    let kept = 0;
    for (let row = 0; row < this.rows; row++) {
      const rank = ranks[row]!;
      if (rank < last || (rank === last && quota-- > 0)) this.forgotten++;
      else this.#move(row, kept++);
    }
    this.rows = kept;
    this.#rebuild(this.#slots.length);
  }

  /** 6 bits of activity (the logarithm of attempts and strays), then 6 of the time of the last event. */
  #ranks(): Uint16Array {
    const ranks = new Uint16Array(this.rows);
    let oldest = Infinity;
    let newest = -Infinity;
    for (let row = 0; row < this.rows; row++) {
      oldest = Math.min(oldest, this.lastAt[row]!);
      newest = Math.max(newest, this.lastAt[row]!);
    }
    const scale = newest > oldest ? 63 / (newest - oldest) : 0;
    for (let row = 0; row < this.rows; row++) {
      const at = row * EVENTS;
      const sum = this.counts[at + Event.Attempt]! + this.counts[at + Event.StrayReceived]!;
      const activity = 32 - Math.clz32(sum);
      const age = Math.floor((this.lastAt[row]! - oldest) * scale);
      ranks[row] = this.watch[row]! >= 0 ? RANKS - 1 : (activity << 6) | age;
    }
    return ranks;
  }

  #move(from: number, to: number): void {
    if (from === to) return;
    this.address[to] = this.address[from]!;
    this.port[to] = this.port[from]!;
    this.counts.copyWithin(to * EVENTS, from * EVENTS, (from + 1) * EVENTS);
    this.firstAt[to] = this.firstAt[from]!;
    this.lastAt[to] = this.lastAt[from]!;
    this.watch[to] = this.watch[from]!;
  }

  #put(row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#hash(this.address[row]!, this.port[row]!) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = row + 1;
  }

  #rebuild(size: number): void {
    this.#slots = size === this.#slots.length ? this.#slots.fill(0) : new Int32Array(size);
    for (let row = 0; row < this.rows; row++) this.#put(row);
  }

  #resize(size: number): void {
    this.address = larger(this.address, new Float64Array(size));
    this.port = larger(this.port, new Int32Array(size));
    this.counts = larger(this.counts, new Uint32Array(size * EVENTS));
    this.firstAt = larger(this.firstAt, new Float64Array(size));
    this.lastAt = larger(this.lastAt, new Float64Array(size));
    this.watch = larger(this.watch, new Int32Array(size));
    let slots = this.#slots.length;
    while (slots < 2 * size) slots *= 2;
    this.#rebuild(slots);
  }

  #hash(address: number, port: number): number {
    return hashPair(hashHandle(address, this.#seed), hashNumber(port, this.#seed));
  }
}

/** The same of the whole capture. */
export class CaptureCounts {
  readonly #now: Float64Array;
  readonly #counts = new Float64Array(EVENTS);
  readonly #times = Float64Array.of(-1, -1);

  constructor(now: Float64Array) {
    this.#now = now;
  }

  add(event: Event): void {
    const ts = this.#now[0]!;
    this.addMany(event, 1, ts, ts);
  }

  /** So many times, the first at `first`, the latest at `latest`. */
  addMany(event: Event, times: number, first: number, latest: number): void {
    this.#counts[event]! += times;
    if (this.#times[0]! < 0) this.#times[0] = first;
    if (latest > this.#times[1]!) this.#times[1] = latest;
  }

  read(): TargetCounts {
    return readCounts(this.#counts, 0, this.#times[0]!, this.#times[1]!);
  }
}

function readCounts(counts: Uint32Array | Float64Array, at: number, firstAt: number, lastAt: number): TargetCounts {
  const of = (event: Event): number => counts[at + event]!;
  return {
    attempts: of(Event.Attempt),
    synAgain: of(Event.SynAgain),
    answered: of(Event.Answered),
    synackAgain: of(Event.SynackAgain),
    completed: of(Event.Completed),
    refused: of(Event.Refused),
    aborted: of(Event.Aborted),
    takenBack: of(Event.TakenBack),
    fin: of(Event.Fin),
    strayReceived: of(Event.StrayReceived),
    straySent: of(Event.StraySent),
    midStreamFromClient: of(Event.MidStreamFromClient),
    midStreamFromServer: of(Event.MidStreamFromServer),
    firstAt,
    lastAt,
  };
}

const INITIAL = 256;
const RANKS = 4096;
