/** When a SYN queue was full, for how long, and when that was over. */

import type { QueueView } from '../../tcp/policy/types.ts';
import type { Nanos } from '../../tcp/types.ts';
import type { QueueReport } from '../flood-report.ts';

export class QueueWatch {
  /** Highest number of half-open entries and of connections that waited for accept(). */
  peak = 0;
  peakAccept = 0;
  /** First moment the queue was full; -1 = not yet. */
  fullAt: Nanos = -1;
  /** First and last SYN of any flood; -1 = none yet. */
  firstFloodAt: Nanos = -1;
  lastFloodAt: Nanos = -1;

  /** Since when it has been full; -1 = it is not. */
  #fullSince: Nanos = -1;
  /** When it last stopped being full, … */
  roomSince: Nanos = 0;
  /** … and how long it was full between the first and the last flood SYN. */
  #fullTime: Nanos = 0;
  /** As long it was full since the last one, whether or not another follows. */
  #fullAfter: Nanos = 0;

  get isFull(): boolean {
    return this.#fullSince >= 0;
  }

  /** Something may have changed. True: it has just become full, or has room again. */
  look(now: Nanos, synQueue: QueueView, acceptQueue: QueueView): boolean {
    if (synQueue.length > this.peak) this.peak = synQueue.length;
    if (acceptQueue.length > this.peakAccept) this.peakAccept = acceptQueue.length;
    const full = synQueue.length >= synQueue.capacity;
    if (full === this.isFull) return false;
    if (full) {
      this.#fullSince = now;
      if (this.fullAt < 0) this.fullAt = now;
    } else {
      this.#fullTime += this.#withinFlood(this.#fullSince, now);
      this.#fullAfter += this.#afterFlood(this.#fullSince, now);
      this.#fullSince = -1;
      this.roomSince = now;
    }
    return true;
  }

  /** A flood SYN is at the edge. */
  flood(now: Nanos): void {
    if (this.firstFloodAt < 0) this.firstFloodAt = now;
    // What seemed to lie behind the flood was a pause of it.
    this.#fullTime += this.#fullAfter;
    this.#fullAfter = 0;
    this.lastFloodAt = now;
  }

  /** `entryBytes`: size of an entry in the modelled system; `rows`: memory of the rows here. */
  report(now: Nanos, capacity: number, entryBytes: number, rows: number, floodOver: boolean): QueueReport {
    const span = this.lastFloodAt - this.firstFloodAt;
    const full = this.#fullTime + (this.isFull ? this.#withinFlood(this.#fullSince, now) : 0);
    return {
      capacity,
      peak: this.peak,
      fullAt: this.fullAt,
      timeToExhaustion: this.fullAt < 0 || this.firstFloodAt < 0 ? -1 : Math.max(0, this.fullAt - this.firstFloodAt),
      fullShare: span > 0 ? Math.min(1, full / span) : 0,
      timeToRecovery: this.#recovery(floodOver),
      peakAccept: this.peakAccept,
      bytes: this.peak * entryBytes,
      simulatorBytes: rows,
    };
  }

  #recovery(floodOver: boolean): Nanos {
    if (this.fullAt < 0) return 0;
    if (this.isFull || !floodOver) return -1;
    return Math.max(0, this.roomSince - this.lastFloodAt);
  }

  /** Of from .. to what lies after the last flood SYN. */
  #afterFlood(from: Nanos, to: Nanos): Nanos {
    return this.lastFloodAt < 0 ? 0 : Math.max(0, to - Math.max(from, this.lastFloodAt));
  }

  /** Of from .. to what lies after the first flood SYN; until now no later one is known than the last. */
  #withinFlood(from: Nanos, to: Nanos): Nanos {
    if (this.firstFloodAt < 0) return 0;
    return Math.max(0, Math.min(to, this.lastFloodAt) - Math.max(from, this.firstFloodAt));
  }
}
