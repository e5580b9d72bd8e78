/** The sequences of a compressed block (RFC 8878 §3.1.1.3.2): so many literals, then a copy of what came before, again and again. */
import { bitsAt, bitsBetween, type Packed } from './bits.ts';
import { ZstdDamage } from './damage.ts';
import { baseOf, bitsOf, type FseTable, fseOfOne, fseTable, readFseTable, symbolOf } from './fse.ts';
import type { History } from './history.ts';
import type { Literals } from './literals.ts';

/** Where a code's values begin, and how many more bits tell which of them it is. */
interface Codes {
  readonly base: Int32Array;
  readonly bits: Uint8Array;
}

/** One of the three numbers of a sequence: its codes, and the tables that there may be for them. */
interface Kind {
  readonly symbols: number;
  readonly mostLog: number;
  readonly usual: FseTable;
}

export class Sequences {
  /** A block may use the tables of one before; by kind: literals, offset, match. */
  readonly #tables: (FseTable | undefined)[] = [undefined, undefined, undefined];
  /** The last three offsets. */
  #offsets: readonly [number, number, number] = FIRST_OFFSETS;

  /** A frame begins (§3.1.1.5: with these offsets). */
  begin(): void {
    this.#tables.fill(undefined);
    this.#offsets = FIRST_OFFSETS;
  }

  /** Writes what the section from `at` on says behind the end of `history`: at most `most` bytes. */
  run(packed: Packed, at: number, end: number, literals: Literals, history: History, most: number): void {
    const block = packed.bytes;
    if (at >= end) throw new ZstdDamage('a block without sequences');
    let count = block[at++]!;
    if (count === 255) {
      count = 0x7f00 + block[at]! + 256 * block[at + 1]!;
      at += 2;
    } else if (count > 127) count = ((count - 128) << 8) | block[at++]!;
    if (count === 0) {
      if (at !== end) throw new ZstdDamage('a block longer than what is in it');
      append(literals, 0, history, most);
      return;
    }
    const modes = block[at++]!;
    if ((modes & 3) !== 0) throw new ZstdDamage('a reserved bit that is set');
    for (let kind = 0; kind < 3; kind++) at = this.#readTable(kind, (modes >> (6 - 2 * kind)) & 3, packed, at, end);
    this.#copy(packed, at, end, count, literals, history, most);
  }

  #readTable(kind: number, mode: number, packed: Packed, at: number, end: number): number {
    const { symbols, mostLog, usual } = KINDS[kind]!;
    if (mode === USUAL) this.#tables[kind] = usual;
    else if (mode === ONE) {
      const symbol = packed.bytes[at++]!;
      if (at > end || symbol >= symbols) throw new ZstdDamage('a code that there is not');
      this.#tables[kind] = fseOfOne(symbol);
    } else if (mode === READ) {
      const { table, end: past } = readFseTable(packed, at, end, symbols, mostLog);
      this.#tables[kind] = table;
      return past;
    }
    return at;
  }

  /** Hot. */
  #copy(
    packed: Packed,
    from: number,
    end: number,
    count: number,
    literals: Literals,
    history: History,
    most: number,
  ): void {
    const [literalTable, offsetTable, matchTable] = this.#tables;
    if (literalTable === undefined || offsetTable === undefined || matchTable === undefined) {
      throw new ZstdDamage('sequences that need a table which was never given');
    }
    const { view } = packed;
    const literalStates = literalTable.states;
    const offsetStates = offsetTable.states;
    const matchStates = matchTable.states;
    const out = history.room(most);
    const start = history.end;
    const begins = start - history.reach;
    const past = start + most;
    const { bytes, length } = literals;
    let [first, second, third] = this.#offsets;
    let at = start;
    let used = 0;
    let left = bitsBetween(packed, from, end) - literalTable.log - offsetTable.log - matchTable.log;
    if (left < 0) throw new ZstdDamage(EARLY);
    let matchState = matchStates[bitsAt(view, from, left, matchTable.log)]!;
    let offsetState = offsetStates[bitsAt(view, from, left + matchTable.log, offsetTable.log)]!;
    let literalState = literalStates[bitsAt(view, from, left + matchTable.log + offsetTable.log, literalTable.log)]!;
    for (;;) {
      const offsetBits = symbolOf(offsetState);
      if (offsetBits > MOST_OFFSET_BITS) throw new ZstdDamage(NOT_THERE);
      const matchCode = symbolOf(matchState);
      const literalCode = symbolOf(literalState);
      const matchBits = MATCH.bits[matchCode]!;
      const literalBits = LITERAL.bits[literalCode]!;
      let match = MATCH.base[matchCode]!;
      let some = LITERAL.base[literalCode]!;
      left -= offsetBits;
      if (left < matchBits + literalBits) throw new ZstdDamage(EARLY);
      const value = (1 << offsetBits) + wideBitsAt(view, from, left, offsetBits);
      // Most lengths are short, and told by their codes alone.
      if (matchBits > 0) {
        left -= matchBits;
        match += bitsAt(view, from, left, matchBits);
      }
      if (literalBits > 0) {
        left -= literalBits;
        some += bitsAt(view, from, left, literalBits);
      }
      if (used + some > length || at + some + match > past) {
        throw new ZstdDamage('sequences that say more than the block holds');
      }
      for (let i = 0; i < some; i++) out[at++] = bytes[used++]!;
      // §3.1.1.5: the smallest values stand for the last three offsets; without literals before it, for the others.
      let offset = first;
      if (value > 3) {
        offset = value - 3;
        third = second;
        second = first;
        first = offset;
      } else {
        const which = some === 0 ? value : value - 1;
        if (which > 0) {
          offset = which === 1 ? second : which === 2 ? third : first - 1;
          if (which > 1) third = second;
          second = first;
          first = offset;
        }
      }
      if (offset > at - begins || offset <= 0) throw new ZstdDamage(NOT_THERE);
      // Byte by byte: a copy may go on into what it has just written.
      for (let i = 0; i < match; i++, at++) out[at] = out[at - offset]!;
      if (--count === 0) break;
      left -= bitsOf(literalState);
      if (left < bitsOf(matchState) + bitsOf(offsetState)) throw new ZstdDamage(EARLY);
      literalState = literalStates[baseOf(literalState) + bitsAt(view, from, left, bitsOf(literalState))]!;
      left -= bitsOf(matchState);
      matchState = matchStates[baseOf(matchState) + bitsAt(view, from, left, bitsOf(matchState))]!;
      left -= bitsOf(offsetState);
      offsetState = offsetStates[baseOf(offsetState) + bitsAt(view, from, left, bitsOf(offsetState))]!;
    }
    if (left !== 0) throw new ZstdDamage('sequences that end elsewhere than they say');
    this.#offsets = [first, second, third];
    history.end = at;
    append(literals, used, history, past - at);
  }
}

/** The literals that no sequence took. */
function append({ bytes, length }: Literals, used: number, history: History, most: number): void {
  const more = length - used;
  if (more > most) throw new ZstdDamage('a block of more than its frame allows');
  history.room(more).set(bytes.subarray(used, length), history.end);
  history.end += more;
}

/** The same as `bitsAt`, up to 30. */
function wideBitsAt(view: DataView, from: number, at: number, count: number): number {
  if (count <= 24) return bitsAt(view, from, at, count);
  return (bitsAt(view, from, at + 24, count - 24) << 24) | bitsAt(view, from, at, 24);
}

/** Codes whose values follow one another, from `first` on. */
function codes(first: number, bits: readonly number[]): Codes {
  const base = new Int32Array(bits.length);
  let next = first;
  bits.forEach((each, i) => {
    base[i] = next;
    next += 2 ** each;
  });
  return { base, bits: Uint8Array.from(bits) };
}

const none = (count: number): number[] => new Array<number>(count).fill(0);
const ones = (count: number): number[] => new Array<number>(count).fill(1);
const rare = (count: number): number[] => new Array<number>(count).fill(-1);

/** §3.1.1.3.2.1.1. */
const LITERAL: Codes = codes(0, [...none(16), ...ones(4), 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const MATCH: Codes = codes(3, [...none(32), ...ones(4), 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);

/** §3.1.1.3.2.2: how often each code usually is. */
const KINDS: readonly Kind[] = [
  {
    symbols: 36,
    mostLog: 9,
    usual: fseTable(
      [
        4,
        3,
        ...[2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
        1,
        1,
        1,
        ...[2, 2, 2, 2, 2, 2, 2, 2, 2],
        3,
        2,
        ...ones(5),
        ...rare(4),
      ],
      6,
    ),
  },
  { symbols: 32, mostLog: 8, usual: fseTable([...ones(6), 2, 2, 2, ...ones(15), ...rare(5)], 5) },
  { symbols: 53, mostLog: 9, usual: fseTable([1, 4, 3, ...[2, 2, 2, 2, 2, 2], ...ones(37), ...rare(7)], 6) },
];

/** More would reach beyond every window that is read. */
const MOST_OFFSET_BITS = 27;
const EARLY = 'a stream of bits that ends early';
const NOT_THERE = 'a copy of what was never there';
const FIRST_OFFSETS = [1, 4, 8] as const;
const USUAL = 0;
const ONE = 1;
const READ = 2;
