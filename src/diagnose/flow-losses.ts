/**
 * What only flows with trouble need, 120 bytes each: counters of losses, how many bytes went missing, and up to four
 * pieces of each stream that came after a gap. Most flows never get such a row.
 */
import { seqDiff } from '../wire/seq.ts';
import { ROW_MASK, ROW_SHIFT, RowChunks } from './row-chunks.ts';

/** Counters of an end. */
export const AGAIN = 0;
export const ZERO_WINDOWS = 1;
export const GAPS = 2;
export const CORRUPT = 3;
/** Relative number of the last SYN of an end. */
export const SYN_AT = 4;

export class FlowLosses {
  readonly rows: RowChunks = new RowChunks(STRIDE);

  /** Counts one more. True at 1, 10, 100, …: when Zeek writes a letter. `end` is 0 or 1. */
  count(row: number, end: number, counter: number): boolean {
    const words = this.rows.words[row >>> ROW_SHIFT]!;
    return isPowerOfTen(++words[(row & ROW_MASK) * STRIDE + end * END + counter]!);
  }

  /** A word of an end. */
  get(row: number, end: number, word: number): number {
    return this.rows.words[row >>> ROW_SHIFT]![(row & ROW_MASK) * STRIDE + end * END + word]!;
  }

  set(row: number, end: number, word: number, value: number): void {
    this.rows.words[row >>> ROW_SHIFT]![(row & ROW_MASK) * STRIDE + end * END + word] = value;
  }

  /** Bytes that nobody captured, of both ends. */
  missed(row: number): number {
    return this.rows.doubles[row >>> ROW_SHIFT]![((row & ROW_MASK) * STRIDE + MISSED) >> 1]!;
  }

  addMissed(row: number, bytes: number): void {
    this.rows.doubles[row >>> ROW_SHIFT]![((row & ROW_MASK) * STRIDE + MISSED) >> 1]! += bytes;
  }

  /** Is a piece of this end's stream held, waiting for what comes before it? */
  holds(row: number, end: number): boolean {
    return this.get(row, end, PIECES) > 0;
  }

  /** Keeps the piece [from, to), relative numbers. Where there is no room, the gap beside it is forgotten. */
  hold(row: number, end: number, from: number, to: number): void {
    const words = this.rows.words[row >>> ROW_SHIFT]!;
    const at = (row & ROW_MASK) * STRIDE + end * END;
    const first = at + PIECE;
    const n = words[at + PIECES]!;
    // Pieces are disjoint and in order. Those that touch the new one are taken out and join it.
    let lower = from;
    let upper = to;
    let kept = 0;
    let place = 0;
    for (let i = 0; i < n; i++) {
      const f = words[first + 2 * i]!;
      const t = words[first + 2 * i + 1]!;
      if (seqDiff(t, lower) >= 0 && seqDiff(f, upper) <= 0) {
        if (seqDiff(f, lower) < 0) lower = f;
        if (seqDiff(t, upper) > 0) upper = t;
        continue;
      }
      words[first + 2 * kept] = f;
      words[first + 2 * kept + 1] = t;
      kept++;
      if (seqDiff(t, lower) < 0) place = kept;
    }
    if (kept === MOST_PIECES) {
      if (place === kept) words[first + 2 * kept - 1] = upper;
      else words[first + 2 * place] = lower;
    } else {
      for (let i = kept; i > place; i--) {
        words[first + 2 * i] = words[first + 2 * i - 2]!;
        words[first + 2 * i + 1] = words[first + 2 * i - 1]!;
      }
      words[first + 2 * place] = lower;
      words[first + 2 * place + 1] = upper;
      kept++;
    }
    words[at + PIECES] = kept;
  }

  /** The stream is whole up to `delivered`: gives how far it is with the pieces that follow, and lets go of them. */
  join(row: number, end: number, delivered: number): number {
    const words = this.rows.words[row >>> ROW_SHIFT]!;
    const at = (row & ROW_MASK) * STRIDE + end * END;
    const first = at + PIECE;
    const n = words[at + PIECES]!;
    let upTo = delivered;
    let gone = 0;
    while (gone < n && seqDiff(words[first + 2 * gone]!, upTo) <= 0) {
      const to = words[first + 2 * gone + 1]!;
      if (seqDiff(to, upTo) > 0) upTo = to;
      gone++;
    }
    if (gone > 0) {
      words.copyWithin(first, first + 2 * gone, first + 2 * n);
      words[at + PIECES] = n - gone;
    }
    return upTo;
  }

  /** Where the first piece held begins, if that is before `upTo`; else `upTo`. */
  nextPiece(row: number, end: number, upTo: number): number {
    if (!this.holds(row, end)) return upTo;
    const from = this.get(row, end, PIECE);
    return seqDiff(from, upTo) < 0 ? from : upTo;
  }

  /** One past the last piece held. Only where `holds`. */
  lastPieceEnd(row: number, end: number): number {
    return this.get(row, end, PIECE + 2 * this.get(row, end, PIECES) - 1);
  }

  /** Lets go of all pieces of an end. */
  forget(row: number, end: number): void {
    this.set(row, end, PIECES, 0);
  }
}

function isPowerOfTen(n: number): boolean {
  let power = 1;
  while (power < n) power *= 10;
  return power === n;
}

const PIECES = 5;
const PIECE = 6;
const MOST_PIECES = 4;
const END: number = PIECE + 2 * MOST_PIECES;
const MISSED: number = 2 * END;
const STRIDE: number = MISSED + 2;
