/** Finite state entropy (RFC 8878 §4.1): tables that give, for each state, a symbol and how the next state is found. */
import { bitsAt, bitsBetween, type Packed } from './bits.ts';
import { ZstdDamage } from './damage.ts';

export interface FseTable {
  /** log2 of the number of states. */
  readonly log: number;
  /** Per state, in one number: its symbol, how many bits to read, and what to add to them for the next state. */
  readonly states: Int32Array;
}

export function symbolOf(state: number): number {
  return state & 0xff;
}

export function bitsOf(state: number): number {
  return (state >> 8) & 0xf;
}

export function baseOf(state: number): number {
  return state >> 12;
}

function stateOf(symbol: number, bits: number, base: number): number {
  return symbol | (bits << 8) | (base << 12);
}

/** §4.1.1: how often each symbol of a table is, from `at` on; at most `most` symbols and 2^`mostLog` states. */
export function readFseTable(
  { bytes, view }: Packed,
  at: number,
  end: number,
  most: number,
  mostLog: number,
): { readonly table: FseTable; readonly end: number } {
  const log = (bytes[at]! & 15) + 5;
  if (log > mostLog) throw new ZstdDamage('a table of too many states');
  const shares: number[] = [];
  let bit = 4;
  let left = (1 << log) + 1;
  while (left > 1) {
    if (shares.length === most || at + (bit >> 3) >= end)
      throw new ZstdDamage('a table with shares that do not add up');
    // Values below `short` take a bit less: there are fewer values than that many bits could tell.
    const width = 32 - Math.clz32(left);
    const short = (1 << width) - 1 - left;
    const low = bitsAt(view, at, bit, width - 1);
    let value = low;
    if (low < short) bit += width - 1;
    else {
      value = bitsAt(view, at, bit, width);
      if (value >= 1 << (width - 1)) value -= short;
      bit += width;
    }
    const share = value - 1;
    shares.push(share);
    left -= Math.abs(share);
    // Behind a share of nothing stands how many more there are, in parts of at most three.
    for (let more = share === 0 ? 3 : 0; more === 3; ) {
      if (at + (bit >> 3) >= end) throw new ZstdDamage('a table that ends early');
      more = bitsAt(view, at, bit, 2);
      bit += 2;
      for (let i = 0; i < more; i++) shares.push(0);
      if (shares.length > most) throw new ZstdDamage('a table of too many symbols');
    }
  }
  const past = at + ((bit + 7) >> 3);
  if (left !== 1 || past > end) throw new ZstdDamage('a table with shares that do not add up');
  return { table: fseTable(shares, log), end: past };
}

/** §4.1.1: states spread over the symbols; a share of -1 is one state of which the next may be any. */
export function fseTable(shares: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = shares.map(Math.abs);
  let high = size - 1;
  shares.forEach((share, symbol) => {
    if (share === -1) symbols[high--] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  shares.forEach((share, symbol) => {
    for (let i = 0; i < share; i++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at > high);
    }
  });
  const states = Int32Array.from(symbols, (symbol) => {
    const count = next[symbol]!++;
    const bits = log - (31 - Math.clz32(count));
    return stateOf(symbol, bits, (count << bits) - size);
  });
  return { log, states };
}

/** The table of one symbol, which takes no bits. */
export function fseOfOne(symbol: number): FseTable {
  return { log: 0, states: Int32Array.of(stateOf(symbol, 0, 0)) };
}

/** §4.2.1.2: symbols from two states in turn, until the bits are used up; at most `most`. */
export function fseSymbols(packed: Packed, from: number, to: number, table: FseTable, most: number): number[] {
  const { view } = packed;
  const symbols: number[] = [];
  let left = bitsBetween(packed, from, to) - 2 * table.log;
  if (left < 0) throw new ZstdDamage('a stream of bits that ends early');
  let state = table.states[bitsAt(view, from, left + table.log, table.log)]!;
  let other = table.states[bitsAt(view, from, left, table.log)]!;
  for (;;) {
    if (symbols.length >= most) throw new ZstdDamage('a table of too many symbols');
    symbols.push(symbolOf(state));
    const bits = bitsOf(state);
    left -= bits;
    if (left < 0) {
      symbols.push(symbolOf(other));
      return symbols;
    }
    const following = table.states[baseOf(state) + bitsAt(view, from, left, bits)]!;
    state = other;
    other = following;
  }
}
