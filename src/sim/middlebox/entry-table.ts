/**
 * What a box remembers: rows found by the numbers of a connection (or an address alone), at most `capacity` of them, each
 * in one of a few lists. A list holds the entries of one phase in the order in which they entered it. So when all entries
 * of a phase live equally long, its first is the next to expire and the least recently used, and no heap is needed.
 *
 * Columns in typed arrays that double up to the capacity: memory is bounded, and an idle box holds little.
 */
import { jhash3 } from '../../tcp/jhash.ts';
import type { Nanos } from '../../tcp/types.ts';

const NIL = -1;
const FIRST_ROWS = 16;
const HIGH = 2 ** 32;

export class EntryTable {
  length = 0;
  /** Rows ever in use are 0 .. rows - 1. */
  rows = 0;
  readonly capacity: number;
  /** The owner's columns: row r has `ints[r * width .. r * width + width)`. Both change when the table grows. */
  readonly width: number;
  ints: Int32Array;
  /** One number of the owner's for each row. */
  value: Float64Array;

  #keys: Int32Array;
  #since: Float64Array;
  #buckets: Int32Array;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #counts: Int32Array;
  readonly #seed: number;
  #free = NIL;

  /** `lists`: how many; `width`: the owner's int32 columns; `secret` keys the hash, so nobody outside aims at a bucket. */
  constructor(capacity: number, lists: number, width: number, secret: Uint32Array) {
    this.capacity = capacity;
    this.width = width;
    const rows = Math.min(capacity, FIRST_ROWS);
    this.ints = new Int32Array(rows * width);
    this.value = new Float64Array(rows);
    this.#keys = new Int32Array(rows * STRIDE);
    this.#since = new Float64Array(rows);
    this.#buckets = new Int32Array(FIRST_ROWS).fill(NIL);
    this.#first = new Int32Array(lists).fill(NIL);
    this.#last = new Int32Array(lists).fill(NIL);
    this.#counts = new Int32Array(lists);
    this.#seed = jhash3(secret[0]!, secret[1]!, secret[2]!, secret[3]!);
  }

  get full(): boolean {
    return this.length === this.capacity;
  }

  /** The row of this key, or -1. Addresses alone have 0 for the rest. */
  find(remote: number, remotePort: number, local: number, localPort: number): number {
    const keys = this.#keys;
    const ports = (remotePort << 16) | localPort;
    const high = highBits(remote, local);
    let row = this.#buckets[this.#bucket(remote | 0, local | 0, ports ^ high)]!;
    for (; row !== NIL; row = keys[row * STRIDE + CHAIN]!) {
      const at = row * STRIDE;
      if (
        keys[at + REMOTE] === (remote | 0) &&
        keys[at + PORTS] === ports &&
        keys[at + LOCAL] === (local | 0) &&
        keys[at + HIGHS] === high
      )
        break;
    }
    return row;
  }

  /** Adds an entry that is not there yet, columns at 0. The table must not be full. */
  insert(remote: number, remotePort: number, local: number, localPort: number, list: number, now: Nanos): number {
    if (this.full) throw new Error('the table is full: evict first');
    let row = this.#free;
    if (row !== NIL) this.#free = this.#keys[row * STRIDE + CHAIN]!;
    else {
      if (this.rows === this.#since.length) this.#grow();
      row = this.rows++;
    }
    const keys = this.#keys;
    const at = row * STRIDE;
    const ports = (remotePort << 16) | localPort;
    const high = highBits(remote, local);
    keys[at + REMOTE] = remote;
    keys[at + LOCAL] = local;
    keys[at + PORTS] = ports;
    keys[at + HIGHS] = high;
    const bucket = this.#bucket(remote | 0, local | 0, ports ^ high);
    keys[at + CHAIN] = this.#buckets[bucket]!;
    this.#buckets[bucket] = row;
    this.ints.fill(0, row * this.width, (row + 1) * this.width);
    this.value[row] = 0;
    this.#append(row, list, now);
    this.length++;
    return row;
  }

  /** Puts an entry at the end of a list, its own included, as of `now`. */
  move(row: number, list: number, now: Nanos): void {
    this.#unlink(row);
    this.#append(row, list, now);
  }

  remove(row: number): void {
    const keys = this.#keys;
    const at = row * STRIDE;
    this.#unlink(row);
    const bucket = this.#bucket(keys[at + REMOTE]!, keys[at + LOCAL]!, keys[at + PORTS]! ^ keys[at + HIGHS]!);
    const next = keys[at + CHAIN]!;
    let link = this.#buckets[bucket]!;
    if (link === row) this.#buckets[bucket] = next;
    else {
      while (keys[link * STRIDE + CHAIN] !== row) link = keys[link * STRIDE + CHAIN]!;
      keys[link * STRIDE + CHAIN] = next;
    }
    keys[at + LIST] = NIL;
    keys[at + CHAIN] = this.#free;
    this.#free = row;
    this.length--;
  }

  /** The entry that has been in `list` for longest, or -1. */
  oldest(list: number): number {
    return this.#first[list]!;
  }

  count(list: number): number {
    return this.#counts[list]!;
  }

  /** The list that a row is in, -1 for a free row. */
  list(row: number): number {
    return this.#keys[row * STRIDE + LIST]!;
  }

  /** When the entry came to the end of its list. */
  since(row: number): Nanos {
    return this.#since[row]!;
  }

  /** When the oldest of `list` will have been there for `lifetime`; Infinity when the list is empty. */
  due(list: number, lifetime: Nanos): Nanos {
    const row = this.#first[list]!;
    return row === NIL ? Infinity : this.#since[row]! + lifetime;
  }

  remote(row: number): number {
    const at = row * STRIDE;
    return (this.#keys[at + REMOTE]! >>> 0) + ((this.#keys[at + HIGHS]! & 1) === 0 ? 0 : HIGH);
  }

  local(row: number): number {
    const at = row * STRIDE;
    return (this.#keys[at + LOCAL]! >>> 0) + ((this.#keys[at + HIGHS]! & 2) === 0 ? 0 : HIGH);
  }

  remotePort(row: number): number {
    return this.#keys[row * STRIDE + PORTS]! >>> 16;
  }

  localPort(row: number): number {
    return this.#keys[row * STRIDE + PORTS]! & 0xffff;
  }

  #append(row: number, list: number, now: Nanos): void {
    const keys = this.#keys;
    const at = row * STRIDE;
    const last = this.#last[list]!;
    keys[at + LIST] = list;
    keys[at + PREV] = last;
    keys[at + NEXT] = NIL;
    if (last === NIL) this.#first[list] = row;
    else keys[last * STRIDE + NEXT] = row;
    this.#last[list] = row;
    this.#counts[list]!++;
    this.#since[row] = now;
  }

  #unlink(row: number): void {
    const keys = this.#keys;
    const at = row * STRIDE;
    const list = keys[at + LIST]!;
    const prev = keys[at + PREV]!;
    const next = keys[at + NEXT]!;
    if (prev === NIL) this.#first[list] = next;
    else keys[prev * STRIDE + NEXT] = next;
    if (next === NIL) this.#last[list] = prev;
    else keys[next * STRIDE + PREV] = prev;
    this.#counts[list]!--;
  }

  #bucket(remote: number, local: number, rest: number): number {
    return jhash3(remote, local, rest, this.#seed) & (this.#buckets.length - 1);
  }

  /** Only called when no row is free, so all are in use. */
  #grow(): void {
    const rows = Math.min(this.capacity, 2 * this.rows);
    this.#keys = grown(this.#keys, new Int32Array(rows * STRIDE));
    this.ints = grown(this.ints, new Int32Array(rows * this.width));
    this.#since = grown(this.#since, new Float64Array(rows));
    this.value = grown(this.value, new Float64Array(rows));
    const keys = this.#keys;
    this.#buckets = new Int32Array(2 * this.#buckets.length).fill(NIL);
    for (let row = 0; row < this.rows; row++) {
      const at = row * STRIDE;
      const bucket = this.#bucket(keys[at + REMOTE]!, keys[at + LOCAL]!, keys[at + PORTS]! ^ keys[at + HIGHS]!);
      keys[at + CHAIN] = this.#buckets[bucket]!;
      this.#buckets[bucket] = row;
    }
  }
}

/** Bit 32 of both addresses: set for IPv6 handles. */
function highBits(remote: number, local: number): number {
  return (remote >= HIGH ? 1 : 0) | (local >= HIGH ? 2 : 0);
}

function grown<T extends Int32Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

/** Columns of `#keys`. */
const REMOTE = 0;
const LOCAL = 1;
const PORTS = 2;
const HIGHS = 3;
const CHAIN = 4;
const PREV = 5;
const NEXT = 6;
const LIST = 7;
const STRIDE = 8;
