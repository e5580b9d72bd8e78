/**
 * The hash of a run: every passage of a segment, in order, folded into 64 bits as it happens. Nothing is kept, so a run of
 * millions of segments is compared at the price of one of ten. Node and every browser must agree.
 */
import type { Nanos } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';
import { fold, hex64, mix } from '../murmur.ts';

export class PassageHash {
  #a = 0x9e37_79b9 | 0;
  #b = 0x85eb_ca6b | 0;
  #count = 0;

  /** Passages so far. */
  get count(): number {
    return this.#count;
  }

  /** `place` says where and how: a small integer. */
  add(t: Nanos, place: number, seg: Readonly<Segment>): void {
    this.#count++;
    const high = (t / 0x1_0000_0000) | 0;
    let a = fold(this.#a ^ place, t | 0, A);
    a = fold(a, seg.src | 0, A);
    a = fold(a, seg.seq | 0, A);
    a = fold(a, seg.flags ^ (seg.len << 9), A);
    let b = fold(this.#b ^ high, seg.dst | 0, B);
    b = fold(b, (seg.sport << 16) | seg.dport, B);
    b = fold(b, seg.ack | 0, B);
    b = fold(b, seg.wnd ^ (seg.tsVal | 0), B);
    this.#a = a;
    this.#b = b ^ a;
  }

  /** 16 hexadecimal digits. */
  hex(): string {
    return hex64(mix(this.#a ^ this.#count), mix(this.#b ^ this.#count));
  }
}

/** Multipliers of the two lanes; the first is MurmurHash3's own. */
const A = 0xcc9e_2d51;
const B = 0x1b87_3593;
