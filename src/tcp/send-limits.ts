/** How long sending was busy, and what held it up: the peer's window or our own buffer (Linux tcp_chrono_start, tcpi_busy_time). */
import type { Nanos } from './types.ts';

/** Later ones count before earlier ones. */
export const BUSY = 1;
export const WINDOW_LIMITED = 2;
export const BUFFER_LIMITED = 3;

export class SendLimits {
  /** What time is counted for now; 0 = nothing is under way. */
  #kind = 0;
  #since: Nanos = 0;
  readonly #total: [Nanos, Nanos, Nanos, Nanos] = [0, 0, 0, 0];

  start(kind: 1 | 2 | 3, now: Nanos): void {
    if (kind > this.#kind) this.#count(kind, now);
  }

  /** `idle`: nothing is left to send or to be acknowledged. */
  stop(kind: 1 | 2 | 3, idle: boolean, now: Nanos): void {
    if (idle) this.#count(0, now);
    else if (kind === this.#kind) this.#count(BUSY, now);
  }

  /** Time so far for `kind`; for BUSY with that of the others, which are all busy, too. */
  spent(kind: 1 | 2 | 3, now: Nanos): Nanos {
    const running = now - this.#since;
    if (kind !== BUSY) return this.#total[kind] + (kind === this.#kind ? running : 0);
    const [, busy, window, buffer] = this.#total;
    return busy + window + buffer + (this.#kind === 0 ? 0 : running);
  }

  #count(kind: 0 | 1 | 2 | 3, now: Nanos): void {
    this.#total[this.#kind as 0 | 1 | 2 | 3] += now - this.#since;
    this.#kind = kind;
    this.#since = now;
  }
}
