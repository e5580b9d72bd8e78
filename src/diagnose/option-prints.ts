/**
 * The options of SYNs and SYN/ACKs, each different list kept once: a row holds its number in 16 bits. What differs from
 * segment to segment (timestamps, cookies, signatures) is blanked first, so that one kind of sender is one entry. At most
 * 65,535 lists are kept, 3 MB: senders that make theirs up must not choose how much memory this takes.
 */
import { mixWord } from '../wire/mix.ts';
import type { Segment } from '../wire/segment.ts';
import { encodeOptions, MAX_OPTION_BYTES, OptionKind } from '../wire/tcp-options.ts';

export class OptionPrints {
  /** Entries, the empty list included. */
  count = 1;
  #words = new Uint32Array(16 * ENTRY_WORDS);
  /** Entry per slot, 0 = free: the empty list needs no slot. At most half full. */
  #slots = new Uint16Array(32);
  /** The entry being looked for. */
  readonly #wanted = new Uint32Array(ENTRY_WORDS);
  readonly #seed: number;
  readonly #bytes = new Uint8Array(this.#wanted.buffer, 0, MAX_OPTION_BYTES);
  readonly #made = new Uint8Array(MAX_OPTION_BYTES);

  /** `seed` stirs the hash, so that lists made to collide collide for nobody else. */
  constructor(seed = 0) {
    this.#seed = seed;
  }

  /** Number of the segment's options: 0 for none, `NOT_KEPT` when the table is full or none of them was captured. */
  intern(seg: Readonly<Segment>): number {
    if (seg.rawOptLen === 0) return isCut(seg) ? NOT_KEPT : 0;
    if (seg.rawOptLen > 0) this.#blank(seg.rawOpt, seg.rawOptOff, Math.min(seg.rawOptLen, MAX_OPTION_BYTES));
    else this.#blank(this.#made, 0, encodeOptions(seg, this.#made, 0));
    const wanted = this.#wanted;
    if (wanted[LENGTH] === 0) return 0;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = wanted[HASH]! & mask;
    while (slots[slot] !== 0) {
      if (this.#is(slots[slot]!)) return slots[slot]!;
      slot = (slot + 1) & mask;
    }
    if (this.count === NOT_KEPT) return NOT_KEPT;
    slots[slot] = this.count;
    if (ENTRY_WORDS * (this.count + 1) > this.#words.length) this.#growEntries();
    this.#words.set(wanted, ENTRY_WORDS * this.count);
    if (2 * ++this.count > slots.length) this.#growSlots();
    return this.count - 1;
  }

  /** How many option bytes an entry has; 0 where that is not known. */
  length(print: number): number {
    return print < this.count ? this.#words[ENTRY_WORDS * print + LENGTH]! : 0;
  }

  /** The option bytes of an entry, blanked; empty for 0 and `NOT_KEPT`. */
  bytes(print: number): Uint8Array {
    if (print === 0 || print >= this.count) return new Uint8Array(0);
    const base = ENTRY_WORDS * print;
    return new Uint8Array(this.#words.slice(base, base + LENGTH).buffer, 0, this.#words[base + LENGTH]!);
  }

  /** Copies kinds and lengths, and the values of MSS and window scale, which are the sender's own. */
  #blank(from: Uint8Array, off: number, length: number): void {
    const bytes = this.#bytes;
    const wanted = this.#wanted;
    // Words behind the options stay as they were: nobody looks at them. A call of `fill` would cost more than all the rest.
    const words = wordsOf(length);
    for (let w = 0; w < words; w++) wanted[w] = 0;
    wanted[LENGTH] = length;
    for (let i = 0; i < length; ) {
      const kind = from[off + i]!;
      bytes[i] = kind;
      if (kind === OptionKind.EndOfList) break;
      if (kind === OptionKind.Nop || i + 1 === length) {
        i++;
        continue;
      }
      const size = from[off + i + 1]!;
      bytes[i + 1] = size;
      if (size < 2) break;
      if (kind === OptionKind.Mss || kind === OptionKind.WindowScale) {
        for (let k = i + 2; k < i + size && k < length; k++) bytes[k] = from[off + k]!;
      }
      i += size;
    }
    let hash = this.#seed ^ length;
    for (let w = 0; w < words; w++) hash = mixWord(hash, wanted[w]!);
    wanted[HASH] = hash;
  }

  #is(entry: number): boolean {
    const words = this.#words;
    const wanted = this.#wanted;
    const base = ENTRY_WORDS * entry;
    const length = wanted[LENGTH]!;
    if (words[base + HASH] !== wanted[HASH] || words[base + LENGTH] !== length) return false;
    for (let w = wordsOf(length) - 1; w >= 0; w--) if (words[base + w] !== wanted[w]) return false;
    return true;
  }

  #growEntries(): void {
    const words = new Uint32Array(2 * this.#words.length);
    words.set(this.#words);
    this.#words = words;
  }

  #growSlots(): void {
    const slots = new Uint16Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let entry = 1; entry < this.count; entry++) {
      let slot = this.#words[ENTRY_WORDS * entry + HASH]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}

/**
 * Does the header end behind what was captured of it? A capture of 54 bytes a frame has the header's length and not one
 * option; of a header without its last bytes not even the length is known.
 */
function isCut(seg: Readonly<Segment>): boolean {
  return seg.payloadOff > seg.rawOptOff || seg.rawOpt.length === 0;
}

/** How many words so many option bytes take. */
function wordsOf(length: number): number {
  return (length + 3) >> 2;
}

/** What the sender offered is not known: the table is full, or the capture is cut. */
export const NOT_KEPT = 0xffff;
/** Forty option bytes, their number, their hash. */
const LENGTH = 10;
const HASH = 11;
const ENTRY_WORDS = 12;
