/**
 * Reassembly: bytes in order for the application, and bytes beyond a gap held for later (RFC 9293 SHLD-31).
 * A ring that grows by doubling; positions are sequence numbers relative to the next byte to read.
 */
import { NO_BYTES } from '../wire/segment.ts';
import { type Seq, seqDiff, seqGt, seqLe, seqLt, seqMax } from '../wire/seq.ts';

/** More separate ranges than this are not held: walking them must stay cheap whatever the peer sends (CVE-2018-5390). */
const MAX_RANGES = 512;
/** Ranges whose order of arrival is remembered: more than fit in the options of a segment. */
const MOST_RECENT = 8;

export class ReceiveBuffer {
  #ring: Uint8Array = NO_BYTES;
  #head = 0; // ring index of the next byte to read
  #ready = 0; // bytes in order
  /** Ranges beyond the gap, sorted and disjoint: left0, right0, … */
  #ahead: Seq[] = [];
  /** Left edges of ranges, the one that changed last first: the order in which RFC 2018 §4 wants them reported. */
  #recent: Seq[] = [];
  /** What the last `insert` brought of the first range that was held already (RFC 2883 §4); nothing when both are equal. */
  againLeft: Seq = 0;
  againRight: Seq = 0;

  /** Bytes the application can read. */
  get readable(): number {
    return this.#ready;
  }

  get hasGap(): boolean {
    return this.#ahead.length > 0;
  }

  /**
   * Takes bytes at `seq`, where `seq >= rcvNxt`. Returns how far `rcvNxt` advances: 0 when they are beyond a gap, where
   * they are held unless there are too many gaps already.
   */
  insert(rcvNxt: Seq, seq: Seq, src: Uint8Array, off: number, len: number): number {
    const offset = this.#ready + seqDiff(seq, rcvNxt);
    this.#reserve(offset + len);
    this.#copyIn(offset, src, off, len);
    const right = (seq + len) >>> 0;
    this.againRight = this.againLeft;
    if (seq !== rcvNxt) {
      this.#addAhead(seq, right);
      return 0;
    }
    let end = right;
    const ahead = this.#ahead;
    let used = 0;
    if (ahead.length > 0) this.#noteAgain(0, seq, right);
    while (used < ahead.length && seqLe(ahead[used]!, end)) {
      end = seqMax(end, ahead[used + 1]!);
      used += 2;
    }
    if (used > 0) ahead.splice(0, used);
    const advance = seqDiff(end, rcvNxt);
    this.#ready += advance;
    return advance;
  }

  /** Moves up to `into.length` bytes to the application. */
  read(into: Uint8Array): number {
    const n = this.peek(into);
    if (n === 0) return 0;
    this.#head = (this.#head + n) & (this.#ring.length - 1);
    this.#ready -= n;
    return n;
  }

  /** Copies up to `into.length` bytes and keeps them. */
  peek(into: Uint8Array): number {
    const n = Math.min(into.length, this.#ready);
    if (n === 0) return 0;
    const first = Math.min(n, this.#ring.length - this.#head);
    into.set(this.#ring.subarray(this.#head, this.#head + first), 0);
    if (n > first) into.set(this.#ring.subarray(0, n - first), first);
    return n;
  }

  /** Writes up to `max` SACK blocks, the latest first, and returns how many (RFC 2018 §4). */
  sackBlocks(out: Uint32Array, max: number): number {
    const ahead = this.#ahead;
    let n = 0;
    for (const left of this.#recent) {
      if (n === max) break;
      const i = ahead.indexOf(left);
      if (i < 0 || i % 2 !== 0) continue;
      out[2 * n] = left;
      out[2 * n + 1] = ahead[i + 1]!;
      n++;
    }
    return n;
  }

  #addAhead(left: Seq, right: Seq): void {
    const ahead = this.#ahead;
    let i = 0;
    while (i < ahead.length && seqLt(ahead[i + 1]!, left)) i += 2;
    let j = i;
    let lo = left;
    let hi = right;
    while (j < ahead.length && seqLe(ahead[j]!, hi)) {
      if (seqGt(lo, ahead[j]!)) lo = ahead[j]!;
      hi = seqMax(hi, ahead[j + 1]!);
      j += 2;
    }
    if (j === i && ahead.length >= 2 * MAX_RANGES) return;
    if (j > i) this.#noteAgain(left === ahead[i + 1] ? i + 2 : i, left, right);
    const nothingNew = j - i === 2 && lo === ahead[i] && hi === ahead[i + 1];
    if (!nothingNew || this.#recent[0] !== lo) this.#promote(lo, i, j);
    ahead.splice(i, j - i, lo, hi);
  }

  /** The range at `i` may hold some of [left, right) already. */
  #noteAgain(i: number, left: Seq, right: Seq): void {
    const ahead = this.#ahead;
    if (i >= ahead.length) return;
    const from = seqMax(left, ahead[i]!);
    const to = seqLt(right, ahead[i + 1]!) ? right : ahead[i + 1]!;
    if (!seqLt(from, to)) return;
    this.againLeft = from;
    this.againRight = to;
  }

  /** `lo` becomes the most recent range; those it swallowed, at [i, j), are forgotten. */
  #promote(lo: Seq, i: number, j: number): void {
    const ahead = this.#ahead;
    const recent = this.#recent.filter((left) => {
      for (let k = i; k < j; k += 2) if (ahead[k] === left) return false;
      return true;
    });
    recent.unshift(lo);
    // No more than these can ever be reported at once, and older ones come back when they change.
    recent.length = Math.min(recent.length, MOST_RECENT);
    this.#recent = recent;
  }

  #copyIn(offset: number, src: Uint8Array, off: number, len: number): void {
    const cap = this.#ring.length;
    const at = (this.#head + offset) & (cap - 1);
    const first = Math.min(len, cap - at);
    this.#ring.set(src.subarray(off, off + first), at);
    if (len > first) this.#ring.set(src.subarray(off + first, off + len), 0);
  }

  #reserve(n: number): void {
    const cap = this.#ring.length;
    if (n <= cap) return;
    let grownCap = Math.max(1024, cap);
    while (grownCap < n) grownCap *= 2;
    const grown = new Uint8Array(grownCap);
    const first = cap - this.#head;
    grown.set(this.#ring.subarray(this.#head), 0);
    grown.set(this.#ring.subarray(0, this.#head), first);
    this.#ring = grown;
    this.#head = 0;
  }
}
