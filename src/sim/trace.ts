/**
 * A trace: what happened on the wire, in columns, and a hash of them. Two runs are the same run when their hashes are
 * equal; Node and every browser must agree.
 */
import type { Nanos } from '../tcp/types.ts';
import type { Segment } from '../wire/segment.ts';
import { fold, hex64, mix } from './murmur.ts';
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
      a = fold(a, t >>> 0, 0xcc9e_2d51);
      a = fold(a, Math.floor(t / 0x1_0000_0000), 0xcc9e_2d51);
      b = fold(b, t >>> 0, 0x1b87_3593);
      for (let c = i * COLUMNS; c < (i + 1) * COLUMNS; c++) {
        a = fold(a, this.#rows[c]!, 0xcc9e_2d51);
        b = fold(b, this.#rows[c]!, 0x1b87_3593);
      }
    }
    return hex64(mix(a ^ this.#count), mix(b ^ this.#count));
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
