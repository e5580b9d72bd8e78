/**
 * SYN queue: the half-open connections of one listener (RFC 4987 §3; Linux "SYN queue"). A hash table of fixed-size rows
 * with timers and arrival order threaded through them: 80 bytes of row and at most 12 of table for each entry.
 */
import { HalfOpen } from './half-open.ts';
import { jhash3 } from './jhash.ts';
import type { RowWatcher, SynQueueView } from './policy/types.ts';
import {
  AGE_NEXT,
  AGE_PREV,
  F_ECN,
  F_SACK,
  F_TS,
  F_USED,
  F_V6,
  FIRES_AT,
  IRS,
  ISS,
  KEY_FLAGS,
  KEY_MASK,
  LIMITED_AT,
  LOCAL,
  MSS_WND,
  NIL,
  NO_SCALE,
  REMOTE,
  STRIDE,
  STRIDE_F64,
  SYNACK_AT,
  SynRows,
  TS_FIRST,
  TS_OFFSET,
  TS_RECENT,
} from './syn-rows.ts';
import { TimerLists } from './timer-lists.ts';
import type { Nanos } from './types.ts';

/** Most timeouts a row can count. */
export const MAX_TIMEOUTS = 127;
/** Most rows, 1.4 GB; a listener that gets there drops the SYN. One less than 24 bits can name: see NIL in `#links`. */
const MAX_ROWS = 2 ** 24 - 1;
const FIRST_ROWS = 16;

export class SynQueue implements SynQueueView {
  length = 0;
  /** Entries whose timer has not fired yet (Linux qlen_young). */
  young = 0;
  /** High-water mark: rows ever in use. */
  rows = 0;
  /** Both told to policies, not enforced here. */
  limit: number;
  capacity: number;
  readonly #rows: SynRows = new SynRows(FIRST_ROWS);
  readonly #timers: TimerLists;
  readonly #lastList: number;
  readonly #port: number;
  readonly #seed: number;
  /**
   * First of each bucket; as many buckets as rows, so chains hold one entry or less on average. A word is a row and, on
   * top, eight more bits of its hash: a SYN of a flood matches no entry, and with these it touches no row to find out.
   * Rows of a million entries are 80 MB: looking at one is the price of two SYNs.
   */
  #buckets: Int32Array = new Int32Array(FIRST_ROWS).fill(NIL);
  /** The next word in the chain of each row, in the form of `#buckets`; the next free row when not in use. */
  #links: Int32Array = new Int32Array(FIRST_ROWS);
  #free = NIL;
  #oldest = NIL;
  #newest = NIL;
  #watcher: RowWatcher | null = null;

  /**
   * `waits`: how many lengths of SYN/ACK timers there are; entries with more timeouts than that wait like the last.
   * `secret` keys the hash, so that nobody outside can choose addresses that share a bucket. `levels`: see `TimerLists`.
   */
  constructor(
    port: number,
    limit: number,
    capacity: number,
    waits: number,
    secret: Uint32Array,
    levels: Uint8Array | null = null,
  ) {
    this.limit = limit;
    this.capacity = capacity;
    this.#timers = new TimerLists(this.#rows, waits, levels);
    this.#lastList = waits - 1;
    this.#port = port;
    this.#seed = jhash3(secret[2]!, secret[3]!, port, secret[0]!);
  }

  /** Bytes of memory held, all in. */
  get bytes(): number {
    return this.#rows.i32.byteLength + this.#buckets.byteLength + this.#links.byteLength;
  }

  /** listen(2) called again. */
  setLimit(limit: number, capacity: number): void {
    this.limit = limit;
    this.capacity = capacity;
  }

  /** The row of this connection, or -1. */
  find(local: number, remote: number, remotePort: number): number {
    const { i32 } = this.#rows;
    const lo = remote | 0;
    const key = (remotePort << 16) | F_USED | (remote > 0xffffffff ? F_V6 : 0);
    const hash = this.#hash(local | 0, lo, key);
    let word = this.#buckets[hash & (this.#buckets.length - 1)]!;
    while (word !== NIL) {
      const row = word & ROW_BITS;
      if (((word ^ hash) & HASH_BITS) === 0) {
        const at = row * STRIDE;
        if (i32[at + REMOTE] === lo && (i32[at + KEY_FLAGS]! & KEY_MASK) === key && i32[at + LOCAL] === (local | 0))
          return row;
      }
      word = this.#links[row]!;
    }
    return NIL;
  }

  /** Adds an entry that is not there yet, with no timer armed. Returns its row, or -1 when memory is the limit. */
  insert(half: Readonly<HalfOpen>, tsFirst: number): number {
    let row = this.#free;
    if (row !== NIL) this.#free = this.#links[row]!;
    else {
      if (this.rows === MAX_ROWS) return NIL;
      if (this.rows === this.#rows.capacity) this.#grow();
      row = this.rows++;
    }
    const { i32, f64 } = this.#rows;
    const at = row * STRIDE;
    const key = (half.remotePort << 16) | F_USED | (half.remote > 0xffffffff ? F_V6 : 0);
    i32[at + REMOTE] = half.remote;
    i32[at + LOCAL] = half.local;
    i32[at + KEY_FLAGS] =
      key |
      (half.timeouts << 8) |
      ((half.ws < 0 ? NO_SCALE : half.ws) << 4) |
      (half.sackPerm ? F_SACK : 0) |
      (half.ecn ? F_ECN : 0) |
      (half.tsRecent < 0 ? 0 : F_TS);
    i32[at + ISS] = half.iss;
    i32[at + IRS] = half.irs;
    i32[at + MSS_WND] = (half.mss << 16) | half.wnd;
    i32[at + TS_RECENT] = half.tsRecent;
    i32[at + TS_OFFSET] = half.tsOffset;
    i32[at + TS_FIRST] = tsFirst;
    f64[row * STRIDE_F64 + SYNACK_AT] = half.synackAt;
    f64[row * STRIDE_F64 + LIMITED_AT] = -Infinity;
    this.#link(row, this.#hash(half.local | 0, half.remote | 0, key));
    i32[at + AGE_PREV] = this.#newest;
    i32[at + AGE_NEXT] = NIL;
    if (this.#newest === NIL) this.#oldest = row;
    else i32[this.#newest * STRIDE + AGE_NEXT] = row;
    this.#newest = row;
    this.length++;
    if (half.timeouts === 0) this.young++;
    if (this.#watcher !== null) this.#watcher.added(row, half);
    return row;
  }

  /** Reads a row out. */
  read(row: number, into: HalfOpen): void {
    const { i32, f64 } = this.#rows;
    const at = row * STRIDE;
    const flags = i32[at + KEY_FLAGS]!;
    const high = (flags & F_V6) === 0 ? 0 : 0x100000000;
    const ws = (flags >>> 4) & 15;
    into.local = high + (i32[at + LOCAL]! >>> 0);
    into.localPort = this.#port;
    into.remote = high + (i32[at + REMOTE]! >>> 0);
    into.remotePort = flags >>> 16;
    into.iss = i32[at + ISS]! >>> 0;
    into.irs = i32[at + IRS]! >>> 0;
    into.mss = i32[at + MSS_WND]! >>> 16;
    into.wnd = i32[at + MSS_WND]! & 0xffff;
    into.ws = ws === NO_SCALE ? -1 : ws;
    into.sackPerm = (flags & F_SACK) !== 0;
    into.ecn = (flags & F_ECN) !== 0;
    into.tsRecent = (flags & F_TS) === 0 ? -1 : i32[at + TS_RECENT]! >>> 0;
    into.tsOffset = i32[at + TS_OFFSET]! >>> 0;
    into.timeouts = (flags >>> 8) & MAX_TIMEOUTS;
    into.synackAt = f64[row * STRIDE_F64 + SYNACK_AT]!;
  }

  /** Takes an entry out, its timer included. It must be armed. */
  remove(row: number): void {
    const { i32 } = this.#rows;
    const at = row * STRIDE;
    const flags = i32[at + KEY_FLAGS]!;
    const timeouts = (flags >>> 8) & MAX_TIMEOUTS;
    if (timeouts === 0) this.young--;
    this.#timers.cancel(row, this.#list(timeouts));
    this.#unlink(row, this.#hash(i32[at + LOCAL]!, i32[at + REMOTE]!, flags & KEY_MASK));
    const older = i32[at + AGE_PREV]!;
    const newer = i32[at + AGE_NEXT]!;
    if (older === NIL) this.#oldest = newer;
    else i32[older * STRIDE + AGE_NEXT] = newer;
    if (newer === NIL) this.#newest = older;
    else i32[newer * STRIDE + AGE_PREV] = older;
    i32[at + KEY_FLAGS] = 0;
    this.#links[row] = this.#free;
    this.#free = row;
    this.length--;
    if (this.#watcher !== null) this.#watcher.removed(row);
  }

  /** From now on `watcher` hears of the rows, first of those that are there. Costs nothing when it already does. */
  watch(watcher: RowWatcher | null): void {
    if (watcher === this.#watcher) return;
    this.#watcher = watcher;
    if (watcher === null) return;
    watcher.clear();
    const half = new HalfOpen();
    for (let row = this.#oldest; row !== NIL; row = this.newer(row)) {
      this.read(row, half);
      watcher.added(row, half);
    }
  }

  /** Arms the timer of an entry just inserted. */
  arm(row: number, firesAt: Nanos): void {
    this.#timers.arm(row, this.#list(this.timeouts(row)), firesAt);
  }

  /** A SYN/ACK went out again at `now` and the timer starts afresh, now as that of `timeouts` timeouts. */
  rearm(row: number, now: Nanos, timeouts: number, firesAt: Nanos): void {
    const { i32, f64 } = this.#rows;
    const at = row * STRIDE + KEY_FLAGS;
    const before = this.timeouts(row);
    this.young += (timeouts === 0 ? 1 : 0) - (before === 0 ? 1 : 0);
    this.#timers.cancel(row, this.#list(before));
    i32[at] = (i32[at]! & ~(MAX_TIMEOUTS << 8)) | (timeouts << 8);
    f64[row * STRIDE_F64 + SYNACK_AT] = now;
    this.#timers.arm(row, this.#list(timeouts), firesAt);
  }

  /** The next deadline of any entry, exactly; Infinity when there is none. */
  nextTimer(): Nanos {
    return this.#timers.next();
  }

  /** The entry whose timer is the first to fire, if at or before `now`; else -1. */
  due(now: Nanos): number {
    return this.#timers.due(now);
  }

  oldest(): number {
    return this.#oldest;
  }

  /** The entry that arrived next after `row`, or -1. */
  newer(row: number): number {
    return this.#rows.i32[row * STRIDE + AGE_NEXT]!;
  }

  /** Entries, oldest first. The HalfOpen is the same object each time: copy what you keep. */
  visit(each: (half: Readonly<HalfOpen>, timers: { armedAt: Nanos; firesAt: Nanos }) => void): void {
    const half = new HalfOpen();
    for (let row = this.#oldest; row !== NIL; row = this.newer(row)) {
      this.read(row, half);
      each(half, { armedAt: this.armedAt(row), firesAt: this.firesAt(row) });
    }
  }

  occupied(row: number): boolean {
    return row >= 0 && row < this.rows && (this.#rows.i32[row * STRIDE + KEY_FLAGS]! & F_USED) !== 0;
  }

  timeouts(row: number): number {
    return (this.#rows.i32[row * STRIDE + KEY_FLAGS]! >>> 8) & MAX_TIMEOUTS;
  }

  firesAt(row: number): Nanos {
    return this.#rows.f64[row * STRIDE_F64 + FIRES_AT]!;
  }

  /** When the last SYN/ACK left, which is also when the timer was armed. */
  armedAt(row: number): Nanos {
    return this.#rows.f64[row * STRIDE_F64 + SYNACK_AT]!;
  }

  /** TSval of the first SYN/ACK, uint32. */
  tsFirst(row: number): number {
    return this.#rows.i32[row * STRIDE + TS_FIRST]! >>> 0;
  }

  setTsRecent(row: number, tsVal: number): void {
    this.#rows.i32[row * STRIDE + TS_RECENT] = tsVal;
  }

  /** When the rate limit last let an answer pass; -Infinity before the first. */
  limitedAt(row: number): Nanos {
    return this.#rows.f64[row * STRIDE_F64 + LIMITED_AT]!;
  }

  setLimitedAt(row: number, now: Nanos): void {
    this.#rows.f64[row * STRIDE_F64 + LIMITED_AT] = now;
  }

  /** Forgets all entries. */
  clear(): void {
    this.#buckets.fill(NIL);
    this.#timers.clear();
    this.#rows.i32.fill(0);
    this.length = 0;
    this.young = 0;
    this.rows = 0;
    this.#free = NIL;
    this.#oldest = NIL;
    this.#newest = NIL;
    this.#watcher?.clear();
  }

  #list(timeouts: number): number {
    return Math.min(timeouts, this.#lastList);
  }

  #hash(local: number, remote: number, key: number): number {
    return jhash3(remote | 0, local | 0, key, this.#seed);
  }

  /** Puts `row` first in its bucket. Buckets take the lower bits of `hash`, at most 24, and the word the upper eight. */
  #link(row: number, hash: number): void {
    const bucket = hash & (this.#buckets.length - 1);
    this.#links[row] = this.#buckets[bucket]!;
    this.#buckets[bucket] = (hash & HASH_BITS) | row;
  }

  #unlink(row: number, hash: number): void {
    const links = this.#links;
    const bucket = hash & (this.#buckets.length - 1);
    let at = this.#buckets[bucket]! & ROW_BITS;
    if (at === row) this.#buckets[bucket] = links[row]!;
    else {
      for (let next = links[at]! & ROW_BITS; next !== row; next = links[at]! & ROW_BITS) at = next;
      links[at] = links[row]!;
    }
  }

  #grow(): void {
    this.#rows.grow();
    const { i32 } = this.#rows;
    this.#buckets = new Int32Array(this.#rows.capacity).fill(NIL);
    this.#links = new Int32Array(this.#rows.capacity);
    // Only called when no row is free, so all are in use.
    for (let row = 0; row < this.rows; row++) {
      const at = row * STRIDE;
      this.#link(row, this.#hash(i32[at + LOCAL]!, i32[at + REMOTE]!, i32[at + KEY_FLAGS]! & KEY_MASK));
    }
  }
}

/** A word of the hash table: which row, and the top bits of its hash. NIL would be row MAX_ROWS, which there is not. */
const ROW_BITS = 0xffffff;
const HASH_BITS: number = 0xff000000 | 0;
