/**
 * How often each of many keys came, in 6 KiB whatever their number. Up to 128 keys it is exact. Beyond that it keeps the
 * frequent ones by space-saving (Metwally, Agrawal, El Abbadi 2005) in sets of four, and counts different keys by
 * `DistinctSketches`. The paper's bound holds within a set: a count is over by at most a quarter of what fell into it.
 */
import { DistinctSketches } from './distinct-sketch.ts';
import { leastOfFour } from './least-of-four.ts';
import type { Distinct, Tally } from './target-profile.ts';

export class TallySketch {
  total = 0;
  /** The key that `addKey` counts. An address as an argument would be boxed for each call, three times for each SYN. */
  readonly key: Float64Array = new Float64Array(1);
  /** Where the key counted last has its count. */
  #place = 0;
  /** Keys held while exact. */
  #held = 0;
  readonly #keys = new Float64Array(SLOTS);
  readonly #hashes = new Int32Array(SLOTS);
  /** 0 = a free slot. */
  readonly #counts = new Int32Array(SLOTS);
  /** By how much a count may be too high: what the slot had for its key before. */
  readonly #over = new Uint32Array(SLOTS);
  #distinct: DistinctSketches | undefined = undefined;

  /** Counts one `key` with its mixed hash. Returns how many new keys that makes: 0 or 1, or an estimate once inexact. */
  add(key: number, hash: number): number {
    this.key[0] = key;
    return this.addKey(hash);
  }

  /** Counts one key so many times. */
  addMany(key: number, hash: number, times: number): void {
    this.add(key, hash);
    this.total += times - 1;
    this.#counts[this.#place]! += times - 1;
  }

  /** The same of `key[0]`. Hot. */
  addKey(hash: number): number {
    this.total++;
    if (this.#distinct !== undefined) {
      this.#save(hash);
      return this.#distinct.add(0, hash);
    }
    const key = this.key[0]!;
    const keys = this.#keys;
    const counts = this.#counts;
    for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
      if (counts[slot] === 0) {
        if (this.#held === EXACT) break;
        this.#held++;
        keys[slot] = key;
        this.#hashes[slot] = hash;
        counts[slot] = 1;
        this.#place = slot;
        return 1;
      }
      if (keys[slot] === key) {
        counts[slot]!++;
        this.#place = slot;
        return 0;
      }
    }
    const distinct = this.#toSets();
    this.#save(hash);
    return distinct.add(0, hash);
  }

  eachKey(visit: (key: number) => void): void {
    for (let slot = 0; slot < SLOTS; slot++) if (this.#counts[slot] !== 0) visit(this.#keys[slot]!);
  }

  distinct(): Distinct {
    const sketch = this.#distinct;
    if (sketch === undefined) return { count: this.#held, error: 0 };
    return { count: Math.min(this.total, Math.round(sketch.estimate(0))), error: sketch.error };
  }

  /** All of it, for people. */
  read(): Tally {
    const distinct = this.distinct();
    const held: { value: number; count: number; over: number }[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      const count = this.#counts[slot]!;
      if (count > 0) held.push({ value: this.#keys[slot]!, count, over: this.#over[slot]! });
    }
    held.sort((a, b) => b.count - b.over - (a.count - a.over) || b.count - a.count || a.value - b.value);
    const sure = held.map((h) => h.count - h.over);
    return {
      total: this.total,
      distinct,
      entropy: entropyOf(sure, this.total, distinct.count),
      entropyMost: this.total > 0 ? Math.log2(this.total) : 0,
      top: held.slice(0, TOP),
    };
  }

  /** As another is. */
  set(other: TallySketch): void {
    this.total = other.total;
    this.#place = other.#place;
    this.#held = other.#held;
    this.#keys.set(other.#keys);
    this.#hashes.set(other.#hashes);
    this.#counts.set(other.#counts);
    this.#over.set(other.#over);
    if (other.#distinct === undefined) this.#distinct = undefined;
    else {
      this.#distinct = new DistinctSketches(1, DISTINCT_BITS);
      this.#distinct.set(other.#distinct);
    }
  }

  reset(): void {
    this.total = 0;
    this.#held = 0;
    this.#counts.fill(0);
    this.#over.fill(0);
    this.#distinct = undefined;
  }

  /** Space-saving: a key without a place takes that of the least frequent in its set, and its count. */
  #save(hash: number): void {
    const key = this.key[0]!;
    const keys = this.#keys;
    const counts = this.#counts;
    const first = WAYS * (hash & (SLOTS / WAYS - 1));
    for (let slot = first; slot < first + WAYS; slot++) {
      if (keys[slot] === key && counts[slot] !== 0) {
        counts[slot]!++;
        this.#place = slot;
        return;
      }
    }
    const least = leastOfFour(counts, first);
    this.#place = least;
    keys[least] = key;
    this.#over[least] = counts[least]!;
    counts[least]!++;
  }

  /** From exact to sets. A key that finds its set full of more frequent ones is given up, as space-saving would. */
  #toSets(): DistinctSketches {
    const distinct = new DistinctSketches(1, DISTINCT_BITS);
    const keys = this.#keys.slice();
    const counts = this.#counts.slice();
    const order = [...counts.keys()].filter((slot) => counts[slot] !== 0).sort((a, b) => counts[b]! - counts[a]!);
    this.#counts.fill(0);
    for (const slot of order) {
      const hash = this.#hashes[slot]!;
      distinct.add(0, hash);
      const first = WAYS * (hash & (SLOTS / WAYS - 1));
      for (let to = first; to < first + WAYS; to++) {
        if (this.#counts[to] !== 0) continue;
        this.#keys[to] = keys[slot]!;
        this.#counts[to] = counts[slot]!;
        break;
      }
    }
    distinct.setEstimate(0, this.#held);
    this.#distinct = distinct;
    return distinct;
  }
}

/**
 * Shannon entropy in bits of `total` things of `distinct` kinds, of which the most frequent kinds have the counts `sure`;
 * all others are taken to be equally frequent. Exact when `sure` has all kinds.
 */
export function entropyOf(sure: readonly number[], total: number, distinct: number): number {
  if (total === 0) return 0;
  let entropy = 0;
  let rest = total;
  let kinds = distinct;
  for (const count of sure) {
    // Kinds that are no more frequent than the rest on average belong to the rest: their counts are the least certain.
    if (sure.length < distinct && count * kinds <= 2 * rest) break;
    if (count === 0) continue;
    entropy -= (count / total) * Math.log2(count / total);
    rest -= count;
    kinds--;
  }
  if (rest > 0) entropy -= (rest / total) * Math.log2(rest / total / Math.max(1, kinds));
  return Math.min(Math.max(0, entropy), Math.log2(total));
}

/** Most keys that are counted exactly: at most half of the slots, so that probing stays short. */
const EXACT = 128;
const SLOTS = 256;
const WAYS = 4;
/** 2,048 registers: a standard error of 1.8 %. */
const DISTINCT_BITS = 11;
const TOP = 16;
