/** Since when each row of a SYN queue has held its entry: the row itself remembers only its last SYN/ACK. */
import type { Connection } from '../../tcp/connection.ts';
import type { Listener } from '../../tcp/listener.ts';
import type { Nanos } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';

export class SlotAges {
  #since = new Float64Array(256);

  /** A SYN was answered: where an entry has just been made, its row has held it since now. */
  note(now: Nanos, syn: Readonly<Segment>, listener: Listener<Connection> | undefined): void {
    if (listener === undefined || syn.dport !== listener.port) return;
    const row = listener.synQueue.find(syn.dst, syn.src, syn.sport);
    if (row < 0 || listener.synQueue.timeouts(row) > 0) return;
    if (row >= this.#since.length) {
      const since = new Float64Array(2 * Math.max(row, this.#since.length));
      since.set(this.#since);
      this.#since = since;
    }
    this.#since[row] = now;
  }

  /** When the entry of `row` came. */
  since(row: number): Nanos {
    return this.#since[row] ?? 0;
  }
}
