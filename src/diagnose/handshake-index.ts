/**
 * Finds rows of a `HandshakeTable` by number arithmetic alone: one table by sockets and X, one by the pair of sockets in
 * either direction (newest row; older ones are chained). Open addressing, linear probing, at most half full.
 */
import type { HandshakeTable } from './handshake-table.ts';

export class HandshakeIndex {
  readonly #table: HandshakeTable;
  readonly #seed: number;
  /** Row + 1 per slot; 0 = free. */
  #exact = new Uint32Array(256);
  #pairs = new Uint32Array(256);
  /** Slots taken in each. */
  #exactUsed = 0;
  #pairsUsed = 0;

  /** `seed` stirs the hash, so that a capture made to collide collides for nobody else. */
  constructor(table: HandshakeTable, seed: number) {
    this.#table = table;
    this.#seed = seed;
  }

  /** The row with exactly this client, server and X, or -1. */
  exact(client: number, clientPort: number, server: number, serverPort: number, x: number): number {
    const { table, slots } = { table: this.#table, slots: this.#exact };
    const mask = slots.length - 1;
    for (let slot = this.#hash(client, clientPort, server, serverPort, x) & mask; ; slot = (slot + 1) & mask) {
      const row = slots[slot]! - 1;
      if (row < 0) return -1;
      if (
        table.x[row] === x &&
        table.clientPort[row] === clientPort &&
        table.serverPort[row] === serverPort &&
        table.client[row] === client &&
        table.server[row] === server
      ) {
        return row;
      }
    }
  }

  /** The newest row between two sockets, whichever side is the client, or -1. */
  newest(a: number, aPort: number, b: number, bPort: number): number {
    return this.#pairs[this.#pairSlot(a, aPort, b, bPort)]! - 1;
  }

  /** Makes a new row findable, and chains it before the older ones of its pair. */
  insert(row: number): void {
    const table = this.#table;
    this.#place(row);
    const slot = this.#pairSlot(table.client[row]!, table.clientPort[row]!, table.server[row]!, table.serverPort[row]!);
    const before = this.#pairs[slot]! - 1;
    this.#pairs[slot] = row + 1;
    table.older[row] = before;
    if (before < 0 && 2 * ++this.#pairsUsed > this.#pairs.length) this.#rebuildPairs();
  }

  /** Gives a row another X. Its old slot stays behind, matching nothing, until the next rebuild. */
  rename(row: number, x: number): void {
    this.#table.x[row] = x;
    this.#place(row);
  }

  #place(row: number): void {
    if (2 * (this.#exactUsed + 1) > this.#exact.length) this.#rebuildExact(row);
    this.#put(row);
  }

  #put(row: number): void {
    this.#exactUsed++;
    const t = this.#table;
    const slots = this.#exact;
    const mask = slots.length - 1;
    let slot = this.#hash(t.client[row]!, t.clientPort[row]!, t.server[row]!, t.serverPort[row]!, t.x[row]!) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = row + 1;
  }

  /** Twice the size, with all rows but one. */
  #rebuildExact(except: number): void {
    this.#exact = new Uint32Array(2 * this.#exact.length);
    this.#exactUsed = 0;
    for (let row = 0; row < this.#table.count; row++) if (row !== except) this.#put(row);
  }

  #rebuildPairs(): void {
    const old = this.#pairs;
    const t = this.#table;
    this.#pairs = new Uint32Array(2 * old.length);
    for (const entry of old) {
      if (entry === 0) continue;
      const row = entry - 1;
      const slot = this.#pairSlot(t.client[row]!, t.clientPort[row]!, t.server[row]!, t.serverPort[row]!);
      this.#pairs[slot] = entry;
    }
  }

  /** Slot of the pair, or the free slot where it belongs. The two ends are put in order so that direction is lost. */
  #pairSlot(a: number, aPort: number, b: number, bPort: number): number {
    const swap = a > b || (a === b && aPort > bPort);
    const hash = swap ? this.#hash(b, bPort, a, aPort, 0) : this.#hash(a, aPort, b, bPort, 0);
    const slots = this.#pairs;
    const t = this.#table;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = slots[slot]! - 1;
      if (row < 0) return slot;
      const client = t.client[row]!;
      const server = t.server[row]!;
      const clientPort = t.clientPort[row]!;
      const serverPort = t.serverPort[row]!;
      if (client === a && clientPort === aPort && server === b && serverPort === bPort) return slot;
      if (client === b && clientPort === bPort && server === a && serverPort === aPort) return slot;
    }
  }

  /** Murmur3's mixing over the five words; an IPv6 handle differs from an IPv4 address of the same low word in bit 0. */
  #hash(a: number, aPort: number, b: number, bPort: number, x: number): number {
    let h = mix(this.#seed, a >>> 0);
    h = mix(h, b >>> 0);
    h = mix(h, (aPort << 16) | bPort);
    h = mix(h, x);
    if (a > 0xffffffff) h ^= 1;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  }
}

function mix(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const r = h ^ k;
  return (Math.imul((r << 13) | (r >>> 19), 5) + 0xe6546b64) | 0;
}
