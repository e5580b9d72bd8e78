/** Literals in Huffman's code, as Zstandard has it (RFC 8878 §4.2): a table by the next bits, of at most eleven. */
import { bitsAt, bitsBetween, type Packed } from './bits.ts';
import { ZstdDamage } from './damage.ts';
import { fseSymbols, readFseTable } from './fse.ts';

export interface HuffmanTable {
  /** Bits of the longest code. */
  readonly log: number;
  /** By the next `log` bits: the symbol, and how many of them are its code. */
  readonly symbol: Uint8Array;
  readonly bits: Uint8Array;
}

/** §4.2.1: the weights of all symbols, from `at` on; that of the last one is what is missing. */
export function readHuffmanTable(
  packed: Packed,
  at: number,
  end: number,
): { readonly table: HuffmanTable; readonly end: number } {
  const { bytes } = packed;
  const header = bytes[at]!;
  const from = at + 1;
  const past = from + (header < 128 ? header : (header - 126) >> 1);
  if (past > end) throw new ZstdDamage('a Huffman table that ends early');
  if (header >= 128) {
    const weights = Array.from({ length: header - 127 }, (_, i) => {
      const pair = bytes[from + (i >> 1)]!;
      return i % 2 === 0 ? pair >> 4 : pair & 15;
    });
    return { table: huffmanTable(weights), end: past };
  }
  const { table, end: behind } = readFseTable(packed, from, past, MOST_WEIGHT + 1, WEIGHT_LOG);
  return { table: huffmanTable(fseSymbols(packed, behind, past, table, MOST_SYMBOLS - 1)), end: past };
}

function huffmanTable(weights: readonly number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) sum += weight > 0 ? 1 << (weight - 1) : 0;
  const log = 32 - Math.clz32(sum);
  const missing = (1 << log) - sum;
  if (sum === 0 || log > MOST_LOG || weights.length >= MOST_SYMBOLS || (missing & (missing - 1)) !== 0) {
    throw new ZstdDamage('a Huffman table with weights that do not add up');
  }
  const all = [...weights, 32 - Math.clz32(missing)];
  const table = { log, symbol: new Uint8Array(1 << log), bits: new Uint8Array(1 << log) };
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    all.forEach((own, symbol) => {
      if (own !== weight) return;
      const past = at + (1 << (weight - 1));
      table.symbol.fill(symbol, at, past);
      table.bits.fill(log + 1 - weight, at, past);
      at = past;
    });
  }
  return table;
}

/** The symbols of one stream, all of it, into `out` from `at` up to `past`. Hot. */
export function readHuffman(
  packed: Packed,
  from: number,
  to: number,
  { log, symbol, bits }: HuffmanTable,
  out: Uint8Array,
  at: number,
  past: number,
): void {
  const { view } = packed;
  let left = bitsBetween(packed, from, to);
  for (; at < past && left >= log; at++) {
    const code = bitsAt(view, from, left - log, log);
    out[at] = symbol[code]!;
    left -= bits[code]!;
  }
  // The last codes may be shorter than what is looked at.
  for (; at < past; at++) {
    const code = bitsAt(view, from, 0, left) << (log - left);
    out[at] = symbol[code]!;
    left -= bits[code]!;
    if (left < 0) break;
  }
  if (left !== 0 || at < past) throw new ZstdDamage('literals that end elsewhere than they say');
}

const MOST_SYMBOLS = 256;
const MOST_LOG = 11;
const MOST_WEIGHT = 11;
const WEIGHT_LOG = 6;
