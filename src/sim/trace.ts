/**
 * A trace: what happened on the wire, in columns, and a hash of them. Two runs are the same run when their hashes are
 * equal; Node and every browser must agree.
 */
import type { Nanos } from '../tcp/types.ts';
import type { Segment } from '../wire/segment.ts';
import type { Fate } from './recording.ts';

/** What a row says: a packet left, or came to its end. */
export type TraceFate = Fate | 'sent' | 'injected';

const COLUMNS = 9; // from, to, fate, flags, seq, ack, wnd, len, ports

export class Trace {
  #times: Float64Array = new Float64Array(64);
  #rows: Uint32Array = new Uint32Array(64 * COLUMNS);
  #count = 0;

  /** Rows written. */
  get length(): number {
    return this.#count;
  }

  /** One packet between two hosts (indexes) at `t`. The payload itself is not kept. */
  packet(t: Nanos, from: number, to: number, seg: Readonly<Segment>, fate: TraceFate): void {
    if (this.#count === this.#times.length) this.#grow();
    const row = this.#count * COLUMNS;
    this.#times[this.#count++] = t;
    const rows = this.#rows;
    rows[row] = from;
    rows[row + 1] = to;
    rows[row + 2] = FATES.indexOf(fate);
    rows[row + 3] = seg.flags;
    rows[row + 4] = seg.seq;
    rows[row + 5] = seg.ack;
    rows[row + 6] = seg.wnd;
    rows[row + 7] = seg.len;
    rows[row + 8] = (seg.sport << 16) | seg.dport;
  }

  /** 64 bits as 16 hexadecimal digits: two independent 32-bit lanes over every value of every row. */
  hash(): string {
    let a = 0x9e37_79b9;
    let b = 0x85eb_ca6b;
    for (let i = 0; i < this.#count; i++) {
      const t = this.#times[i]!;
      a = lane(a, t >>> 0, 0xcc9e_2d51);
      a = lane(a, Math.floor(t / 0x1_0000_0000), 0xcc9e_2d51);
      b = lane(b, t >>> 0, 0x1b87_3593);
      for (let c = i * COLUMNS; c < (i + 1) * COLUMNS; c++) {
        a = lane(a, this.#rows[c]!, 0xcc9e_2d51);
        b = lane(b, this.#rows[c]!, 0x1b87_3593);
      }
    }
    return hex(finish(a ^ this.#count)) + hex(finish(b ^ this.#count));
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length);
    times.set(this.#times);
    this.#times = times;
    const rows = new Uint32Array(2 * this.#rows.length);
    rows.set(this.#rows);
    this.#rows = rows;
  }
}

/** One step of MurmurHash3 (x86, 32 bit) with a multiplier per lane. */
function lane(state: number, value: number, multiplier: number): number {
  let k = Math.imul(value, multiplier);
  k = (k << 15) | (k >>> 17);
  const h = state ^ Math.imul(k, 0xe654_6b64 ^ multiplier);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe654_6b64) | 0;
}

function finish(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}

/** Order is part of the hash: add at the end only. */
const FATES: readonly TraceFate[] = [
  'sent',
  'injected',
  'delivered',
  'in-flight',
  'lost',
  'scripted',
  'user',
  'filtered',
  'overflow',
];
