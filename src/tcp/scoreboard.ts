/** SACK scoreboard of the sender (RFC 6675 §3): which sequence ranges above SND.UNA the peer already holds. */
import { type Seq, seqDiff, seqGe, seqGt, seqLe, seqLt, seqMax } from '../wire/seq.ts';

/** A peer that reports more separate ranges than this is not believed further: memory stays bounded. */
const MAX_RANGES = 256;

/** Duplicate ACKs, or segments reported above a hole, that mean loss (RFC 5681 §3.2, RFC 6675 §2). */
export const DUP_THRESH = 3;

export class Scoreboard {
  /** Sorted, disjoint, not adjacent: left0, right0, left1, … */
  #edges: Seq[] = [];

  get empty(): boolean {
    return this.#edges.length === 0;
  }

  clear(): void {
    this.#edges.length = 0;
  }

  /** Right edge of the highest range, or `una` when there is none. */
  highest(una: Seq): Seq {
    return this.#edges.length === 0 ? una : this.#edges[this.#edges.length - 1]!;
  }

  /** Adds [left, right). The caller has checked una < left < right <= sndNxt. Returns false when nothing is new. */
  add(left: Seq, right: Seq): boolean {
    const edges = this.#edges;
    let i = 0;
    while (i < edges.length && seqLt(edges[i + 1]!, left)) i += 2;
    if (i < edges.length && seqLe(edges[i]!, left) && seqLe(right, edges[i + 1]!)) return false;
    let j = i;
    let lo = left;
    let hi = right;
    while (j < edges.length && seqLe(edges[j]!, hi)) {
      if (seqLt(edges[j]!, lo)) lo = edges[j]!;
      hi = seqMax(hi, edges[j + 1]!);
      j += 2;
    }
    if (j === i && edges.length >= 2 * MAX_RANGES) return false;
    edges.splice(i, j - i, lo, hi);
    return true;
  }

  /** Forgets everything below `una`. */
  prune(una: Seq): void {
    const edges = this.#edges;
    let i = 0;
    while (i < edges.length && seqLe(edges[i + 1]!, una)) i += 2;
    if (i > 0) edges.splice(0, i);
    if (edges.length > 0 && seqLt(edges[0]!, una)) edges[0] = una;
  }

  /**
   * IsLost (HighACK + 1) of RFC 6675 §4: "either DupThresh discontiguous SACKed sequences have arrived above" it "or more
   * than (DupThresh - 1) * SMSS bytes … have been SACKed".
   */
  showsLoss(mss: number): boolean {
    return this.#edges.length >= 2 * DUP_THRESH || this.bytes() > (DUP_THRESH - 1) * mss;
  }

  /** Bytes reported as held. */
  bytes(): number {
    let sum = 0;
    for (let i = 0; i < this.#edges.length; i += 2) sum += seqDiff(this.#edges[i + 1]!, this.#edges[i]!);
    return sum;
  }

  /** Bytes reported as held below `right`. */
  bytesBelow(right: Seq): number {
    let sum = 0;
    for (let i = 0; i < this.#edges.length && seqLt(this.#edges[i]!, right); i += 2) {
      const end = this.#edges[i + 1]!;
      sum += seqDiff(seqLt(end, right) ? end : right, this.#edges[i]!);
    }
    return sum;
  }

  /** First sequence number at or after `from` that the peer does not hold. */
  nextHole(from: Seq): Seq {
    for (let i = 0; i < this.#edges.length; i += 2) {
      if (seqGe(from, this.#edges[i]!) && seqLt(from, this.#edges[i + 1]!)) return this.#edges[i + 1]!;
    }
    return from;
  }

  /** Length of the hole that begins at `from`, at most `max`. */
  holeLength(from: Seq, max: number): number {
    for (let i = 0; i < this.#edges.length; i += 2) {
      if (seqGt(this.#edges[i]!, from)) return Math.min(max, seqDiff(this.#edges[i]!, from));
    }
    return max;
  }

  /** Bytes of [from, to) that the peer does not hold. */
  missing(from: Seq, to: Seq): number {
    let sum = seqDiff(to, from);
    if (sum <= 0) return 0;
    for (let i = 0; i < this.#edges.length; i += 2) {
      const left = seqMax(this.#edges[i]!, from);
      const right = seqLt(this.#edges[i + 1]!, to) ? this.#edges[i + 1]! : to;
      const held = seqDiff(right, left);
      if (held > 0) sum -= held;
    }
    return sum;
  }
}
