/**
 * Finds rows of a `HandshakeTable` by number arithmetic alone: the newest row of a pair of sockets in either direction,
 * whose `older` leads to the ones before it; and, once a pair has had more than a few, each row by its X as well, so that
 * a million attempts on one pair cost no more each than the first. Open addressing, linear probing, at most three
 * quarters full; the hash stands beside the row, so growing, deleting and most probes read no rows. A hash's upper bits
 * choose its slot: twice the slots then keep the order, and growing writes them one after the other instead of here and
 * there (that was a fourteenth of the time that five million SYNs took).
 */
import { IPV6_BASE } from '../wire/address.ts';
import { mixWord } from '../wire/mix.ts';
import type { Segment } from '../wire/segment.ts';
import { seqAdd, seqDiff } from '../wire/seq.ts';
import type { HandshakeTable } from './handshake-table.ts';
import { Later } from './handshake-words.ts';
import { Fact } from './verdict.ts';

export class HandshakeIndex {
  readonly #table: HandshakeTable;
  readonly #seed: number;
  /** Two words a slot: hash, and row + 1; 0 = free. The lowest bit of the hash tells entries by X from those by pair. */
  #slots = new Int32Array(2 * 2 ** (32 - FIRST_SHIFT));
  /** Of a hash, to its slot. */
  #shift = FIRST_SHIFT;
  #used = 0;
  /** Of the last look for a pair that found nothing: its hash. The row that is made next is of that pair. */
  #missed = -1;

  /** `seed` stirs the hash, so that a capture made to collide collides for nobody else. */
  constructor(table: HandshakeTable, seed: number) {
    this.#table = table;
    this.#seed = seed;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** The newest row between the two sockets of `seg`, whichever side is the client, or -1. Hot. */
  newest(seg: Readonly<Segment>): number {
    const t = this.#table;
    const slots = this.#slots;
    const mask = slots.length - 2;
    const hash = pairHash(this.#seed, seg.src, seg.sport, seg.dst, seg.dport);
    for (let slot = 2 * (hash >>> this.#shift); ; slot = (slot + 2) & mask) {
      const row = slots[slot + 1]! - 1;
      if (row < 0) {
        this.#missed = hash;
        return -1;
      }
      if (slots[slot] === hash && t.isOf(row, seg)) return row;
    }
  }

  /** The place where a look for `seg` begins, for `touch`. */
  placeOf(seg: Readonly<Segment>): number {
    return 2 * (pairHash(this.#seed, seg.src, seg.sport, seg.dst, seg.dport) >>> this.#shift) + 1;
  }

  /** Loads what stands at the first `count` of `places`. What it gives means nothing: it is there so that the loads are done. */
  touch(places: Int32Array, count: number): number {
    const slots = this.#slots;
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= slots[places[i]!]!;
    return sum;
  }

  /** The first row of a pair that `newest` has just not found. */
  insertMissed(row: number): void {
    this.#put(this.#missed, row);
  }

  /** The row of this client, server and X, or -1. `newest` is the newest row of the pair. */
  withX(newest: number, client: number, clientPort: number, x: number): number {
    const t = this.#table;
    let row = newest;
    for (let i = 0; i < WALK && row >= 0; i++, row = t.older(row)) {
      if (t.x(row) === x && t.isClient(row, client, clientPort)) return row;
    }
    if (newest < 0 || t.depth(newest) < WALK) return -1;
    const server = t.isClient(newest, client, clientPort) ? t.server(newest) : t.client(newest);
    const serverPort = t.isClient(newest, client, clientPort) ? t.serverPort(newest) : t.clientPort(newest);
    const slots = this.#slots;
    const mask = slots.length - 2;
    const hash = this.#exactHash(client, clientPort, server, serverPort, x);
    for (let slot = 2 * (hash >>> this.#shift); ; slot = (slot + 2) & mask) {
      row = slots[slot + 1]! - 1;
      if (row < 0) return -1;
      if (slots[slot] !== hash || t.x(row) !== x || !t.isClient(row, client, clientPort)) continue;
      if (t.server(row) === server && t.serverPort(row) === serverPort) return row;
    }
  }

  /** The attempt of `seg.dst` whose SYN the acknowledgment number covers: X+1, or up to X+1+len with data on the SYN. */
  acknowledgedBy(newest: number, seg: Readonly<Segment>): number {
    const t = this.#table;
    if (newest < 0 || t.isAnsweredBy(newest, seg)) return newest;
    const found = this.withX(newest, seg.dst, seg.dport, seqAdd(seg.ack, -1));
    if (found >= 0) return found;
    let row = newest;
    for (let i = 0; i < WALK && row >= 0; i++, row = t.older(row)) {
      if (!t.has(row, Fact.DataOnSyn) || !t.isClient(row, seg.dst, seg.dport)) continue;
      const past = seqDiff(seg.ack, t.x(row));
      if (past >= 1 && past <= 1 + t.later(row, Later.synLen)) return row;
    }
    return -1;
  }

  /** Makes a new row findable, before the older ones of its pair: `newest` has just found one. */
  insert(row: number): void {
    const t = this.#table;
    const hash = pairHash(this.#seed, t.client(row), t.clientPort(row), t.server(row), t.serverPort(row));
    const slot = this.#slotOf(hash, row);
    const before = this.#slots[slot + 1]! - 1;
    if (before < 0) {
      this.#put(hash, row);
      return;
    }
    this.#slots[slot + 1] = row + 1;
    t.setOlder(row, before);
    const depth = Math.min(t.depth(before) + 1, WALK);
    t.setDepth(row, depth);
    if (depth < WALK) return;
    // From here on rows of the pair are out of reach of a walk: each gets an entry by its X.
    let one = before;
    for (let i = 0; i < WALK && one >= 0 && t.depth(before) < WALK; i++, one = t.older(one)) {
      if (!t.isByX(one)) this.#putExact(one);
    }
    this.#putExact(row);
  }

  /** Gives a row another X. */
  rename(row: number, x: number): void {
    const t = this.#table;
    const exact = t.isByX(row);
    if (exact) this.#delete(this.#exactHashOf(row), row);
    t.setX(row, x);
    if (exact) this.#putExact(row);
  }

  /** Forgets a row that is about to be freed. */
  remove(row: number): void {
    const t = this.#table;
    if (t.isByX(row)) this.#delete(this.#exactHashOf(row), row);
    const hash = pairHash(this.#seed, t.client(row), t.clientPort(row), t.server(row), t.serverPort(row));
    const slot = this.#slotOf(hash, row);
    const newest = this.#slots[slot + 1]! - 1;
    if (newest === row) {
      const older = t.older(row);
      if (older >= 0) this.#slots[slot + 1] = older + 1;
      else this.#deleteAt(slot);
      return;
    }
    // Deep in a long chain the link stays behind; `older` answers -1 where the row it leads to is of another pair.
    let one = newest;
    for (let i = 0; i < WALK && one >= 0; i++) {
      const older = t.older(one);
      if (older === row) {
        t.setOlder(one, t.older(row));
        return;
      }
      one = older;
    }
  }

  #putExact(row: number): void {
    this.#table.setByX(row);
    this.#put(this.#exactHashOf(row), row);
  }

  /** Slot of the entry by pair, or the free slot where it belongs. */
  #slotOf(hash: number, row: number): number {
    const t = this.#table;
    const slots = this.#slots;
    const mask = slots.length - 2;
    for (let slot = 2 * (hash >>> this.#shift); ; slot = (slot + 2) & mask) {
      const there = slots[slot + 1]! - 1;
      if (there < 0 || there === row) {
        if (there < 0 || slots[slot] === hash) return slot;
        continue;
      }
      if (slots[slot] === hash && t.isOfSamePair(there, row)) return slot;
    }
  }

  #put(hash: number, row: number): void {
    if (8 * (this.#used + 1) > 3 * this.#slots.length) this.#grow();
    this.#used++;
    const slots = this.#slots;
    const mask = slots.length - 2;
    let slot = 2 * (hash >>> this.#shift);
    while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
    slots[slot] = hash;
    slots[slot + 1] = row + 1;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(2 * old.length);
    const mask = slots.length - 2;
    const shift = --this.#shift;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let slot = 2 * (old[from]! >>> shift);
      while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
      slots[slot] = old[from]!;
      slots[slot + 1] = old[from + 1]!;
    }
    this.#slots = slots;
  }

  #delete(hash: number, row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 2;
    for (let slot = 2 * (hash >>> this.#shift); slots[slot + 1] !== 0; slot = (slot + 2) & mask) {
      if (slots[slot] === hash && slots[slot + 1] === row + 1) {
        this.#deleteAt(slot);
        return;
      }
    }
  }

  /** Moves later entries of the same run back, so that no marks of deleted ones pile up (Knuth 6.4, algorithm R). */
  #deleteAt(slot: number): void {
    this.#used--;
    const slots = this.#slots;
    const mask = slots.length - 2;
    let hole = slot;
    for (let next = (slot + 2) & mask; slots[next + 1] !== 0; next = (next + 2) & mask) {
      // An entry may move back unless its own place lies after the hole.
      if (((next - 2 * (slots[next]! >>> this.#shift)) & mask) < ((next - hole) & mask)) continue;
      slots[hole] = slots[next]!;
      slots[hole + 1] = slots[next + 1]!;
      hole = next;
    }
    slots[hole] = 0;
    slots[hole + 1] = 0;
  }

  #exactHash(client: number, clientPort: number, server: number, serverPort: number, x: number): number {
    const ends = Math.imul(mixEnd(this.#seed, client, clientPort), 5) + mixEnd(this.#seed, server, serverPort);
    return mixWord(ends, x) | 1;
  }

  #exactHashOf(row: number): number {
    const t = this.#table;
    return this.#exactHash(t.client(row), t.clientPort(row), t.server(row), t.serverPort(row), t.x(row));
  }
}

/** The sum does not tell who is the client. Even. */
function pairHash(seed: number, a: number, aPort: number, b: number, bPort: number): number {
  return (mixEnd(seed, a, aPort) + mixEnd(seed, b, bPort)) & ~1;
}

/** An IPv6 handle differs from an IPv4 address of the same low word. */
function mixEnd(seed: number, address: number, port: number): number {
  return mixWord(mixWord(seed, address | 0), address < IPV6_BASE ? port : ~port);
}

/** 256 slots. */
const FIRST_SHIFT = 24;
/** So many rows of a pair are looked at one by one. */
export const WALK = 8;
