/**
 * A histogram of what SYNs look like (window and options), in 64 places. A kind that finds no place takes that of one seen a
 * single time; what finds none at all is counted. So whoever makes up a new kind for each SYN fills `lost`, not memory.
 */
import { OptionCursor } from '../../wire/option-cursor.ts';
import { NOT_KEPT } from '../option-prints.ts';
import type { SynPrint } from './target-profile.ts';

export class SynPrints {
  /** SYNs whose kind has no place. */
  lost = 0;
  readonly #keys = new Float64Array(SLOTS);
  /** 0 = a free place. */
  readonly #counts = new Uint32Array(SLOTS);
  /** Where the last SYN was counted: floods repeat themselves. */
  #last = 0;

  /** A SYN with this window and this number of its option list. */
  add(window: number, print: number): void {
    const key = window * 0x10000 + print;
    const keys = this.#keys;
    const counts = this.#counts;
    if (keys[this.#last] === key && counts[this.#last] !== 0) {
      counts[this.#last]!++;
      return;
    }
    const first = (Math.imul(window ^ (print << 5), 0x9e3779b1) >>> 16) & (SLOTS - 1);
    let place = first;
    for (let i = 0; i < PROBES; i++) {
      const slot = (first + i) & (SLOTS - 1);
      const count = counts[slot]!;
      if (count !== 0 && keys[slot] === key) {
        counts[slot]!++;
        this.#last = slot;
        return;
      }
      if (count < counts[place]!) place = slot;
    }
    if (counts[place]! > 1) {
      this.lost++;
      return;
    }
    this.lost += counts[place]!;
    this.#last = place;
    keys[place] = key;
    counts[place] = 1;
  }

  /** As another is. */
  set(other: SynPrints): void {
    this.lost = other.lost;
    this.#keys.set(other.#keys);
    this.#counts.set(other.#counts);
    this.#last = other.#last;
  }

  /** Counts all that `other` has counted. */
  merge(other: SynPrints): void {
    this.lost += other.lost;
    for (let slot = 0; slot < SLOTS; slot++) {
      const more = other.#counts[slot]!;
      if (more === 0) continue;
      const key = other.#keys[slot]!;
      const lost = this.lost;
      this.add(Math.floor(key / 0x10000), key % 0x10000);
      if (this.#keys[this.#last] === key) this.#counts[this.#last]! += more - 1;
      else this.lost = lost + more;
    }
  }

  /** Most frequent first. Kinds are asked for with the number of an option list. */
  read(optionBytes: (print: number) => Uint8Array): SynPrint[] {
    const prints: SynPrint[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      const attempts = this.#counts[slot]!;
      if (attempts === 0) continue;
      const key = this.#keys[slot]!;
      const print = key % 0x10000;
      const kinds = print === NOT_KEPT ? undefined : kindsOf(optionBytes(print));
      prints.push({ window: Math.floor(key / 0x10000), kinds, attempts });
    }
    return prints.sort((a, b) => b.attempts - a.attempts || a.window - b.window);
  }
}

function kindsOf(bytes: Uint8Array): number[] {
  const kinds: number[] = [];
  const cursor = new OptionCursor();
  for (cursor.start(bytes, 0, bytes.length); cursor.next(); ) kinds.push(cursor.kind);
  return kinds;
}

const SLOTS = 64;
const PROBES = 8;
