/**
 * Bits as Zstandard packs them for its entropy coders (RFC 8878 §4.1, §4.2): written forwards, read backwards from the highest
 * bit set in the last byte, which marks the end. A reader keeps where it is as a number of bits that are left.
 */
import { ZstdDamage } from './damage.ts';

/** The bytes of a block, with room behind them: bits are loaded four bytes at a time. */
export class Packed {
  readonly bytes: Uint8Array;
  /** Of the same bytes: an unaligned load is one instruction, where four bytes put together took a third longer. */
  readonly view: DataView;

  constructor(most: number) {
    this.bytes = new Uint8Array(most + SPARE);
    this.view = new DataView(this.bytes.buffer);
  }
}

/** Bits in the stream at `from` up to `to`, without the mark. */
export function bitsBetween({ bytes }: Packed, from: number, to: number): number {
  const last = to > from ? bytes[to - 1]! : 0;
  if (last === 0) throw new ZstdDamage('a stream of bits without its end');
  return (to - from) * 8 - (Math.clz32(last) - 23);
}

/** `count` bits, at most 25, of the stream that begins at `from`; the lowest is bit number `at`, which must be in it. Hot. */
export function bitsAt(view: DataView, from: number, at: number, count: number): number {
  return (view.getInt32(from + (at >> 3), true) >>> (at & 7)) & ((1 << count) - 1);
}

const SPARE = 4;
