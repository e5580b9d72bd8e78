/** The literals of a compressed block (RFC 8878 §3.1.1.3.1): bytes as they are, one repeated, or in Huffman's code. */

import type { Packed } from './bits.ts';
import { ZstdDamage } from './damage.ts';
import { type HuffmanTable, readHuffman, readHuffmanTable } from './huffman.ts';

export class Literals {
  /** The literals of the block read last: the first `length` bytes. */
  readonly bytes: Uint8Array = new Uint8Array(MOST);
  length = 0;
  /** A block may use the table of one before. */
  #table: HuffmanTable | undefined;

  /** A frame begins. */
  begin(): void {
    this.#table = undefined;
  }

  /** Reads the section that begins at `at`; returns where it ends. */
  read(packed: Packed, at: number, end: number): number {
    const block = packed.bytes;
    const first = block[at]!;
    const type = first & 3;
    const format = (first >> 2) & 3;
    if (type === RAW || type === REPEATED) {
      const bytes = format === 1 ? 2 : format === 3 ? 3 : 1;
      this.#setLength(little(block, at, bytes) >>> (bytes === 1 ? 3 : 4));
      const from = at + bytes;
      const past = from + (type === RAW ? this.length : 1);
      if (past > end) throw new ZstdDamage('literals that end early');
      if (type === RAW) this.bytes.set(block.subarray(from, past));
      else this.bytes.fill(block[from]!, 0, this.length);
      return past;
    }
    const bytes = format < 2 ? 3 : format + 2;
    const width = format < 2 ? 10 : format === 2 ? 14 : 18;
    const header = little(block, at, bytes);
    this.#setLength(Math.floor(header / 16) % (1 << width));
    const from = at + bytes;
    const past = from + Math.floor(header / 2 ** (4 + width));
    if (past > end) throw new ZstdDamage('literals that end early');
    this.#unpack(packed, type === TREELESS ? from : this.#readTable(packed, from, past), past, format === 0);
    return past;
  }

  #readTable(packed: Packed, from: number, past: number): number {
    const { table, end } = readHuffmanTable(packed, from, past);
    this.#table = table;
    return end;
  }

  /** One stream, or four of which the first three are equally long, behind a list of their packed lengths (§3.1.1.3.1.6). */
  #unpack(packed: Packed, from: number, past: number, single: boolean): void {
    const table = this.#table;
    if (table === undefined) throw new ZstdDamage('literals that need a table which was never given');
    if (single) {
      readHuffman(packed, from, past, table, this.bytes, 0, this.length);
      return;
    }
    const part = (this.length + 3) >> 2;
    if (3 * part > this.length) throw new ZstdDamage('too few literals for four streams');
    let at = from + 6;
    for (let i = 0; i < 4; i++) {
      const end = i < 3 ? at + little(packed.bytes, from + 2 * i, 2) : past;
      if (end > past) throw new ZstdDamage('literals that end early');
      readHuffman(packed, at, end, table, this.bytes, i * part, i < 3 ? (i + 1) * part : this.length);
      at = end;
    }
  }

  #setLength(length: number): void {
    if (length > MOST) throw new ZstdDamage('more literals than a block has room for');
    this.length = length;
  }
}

function little(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at + count - 1; i >= at; i--) value = value * 256 + bytes[i]!;
  return value;
}

const RAW = 0;
const REPEATED = 1;
const TREELESS = 3;
/** Of a block: 128 KiB. */
const MOST = 1 << 17;
