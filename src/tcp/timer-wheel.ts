/**
 * When a kernel timer really fires (Linux kernel/time/timer.c, calc_wheel_index): its wheel has levels of ever coarser
 * buckets, and a timer goes off at the end of the bucket it falls into, never early and up to one bucket late.
 *
 *     fire = (((j + d) >> s) + 1) << s,  s = 0 if d < 63, 3 if d < 504, 6 if d < 4032, 9 if d < 32256 …
 *
 * in jiffies, armed in jiffy j for d. Measured on 6.18 with HZ = 250: 1 s and 2 s timers fire on one grid of 32 ms, those
 * of 4 to 16 s on one of 256 ms.
 */
import { type Nanos, SEC } from './types.ts';

export interface WheelOptions {
  /** Jiffies a second (CONFIG_HZ): 100, 250, 300 or 1000. */
  readonly hz: number;
  /** How long the jiffies had been counted at time 0, in ns. It moves the grids; nobody outside the kernel knows it. */
  readonly phase: Nanos;
}

export class TimerWheel {
  readonly #hz: number;
  readonly #phaseSeconds: number;
  readonly #phaseRest: Nanos;

  /** Throws a RangeError for a rate or phase that no kernel has. */
  constructor({ hz, phase }: WheelOptions) {
    if (!Number.isInteger(hz) || hz < 1 || hz > 10_000) {
      throw new RangeError(`timer wheel: hz must be a whole number from 1 to 10000, not ${hz}`);
    }
    if (!Number.isSafeInteger(phase) || phase < 0) {
      throw new RangeError(`timer wheel: phase must be a whole number of ns >= 0, not ${phase}`);
    }
    this.#hz = hz;
    this.#phaseSeconds = Math.floor(phase / SEC);
    this.#phaseRest = phase % SEC;
  }

  /** The level of the wheel that timers of this length go to. Within one jiffy the highest level fires first. */
  level(wait: Nanos): number {
    return levelOf(this.#jiffies(wait));
  }

  /** When a timer for `wait`, armed at `now`, fires: always later than `now + wait`. Exact for 100 days. */
  fire(now: Nanos, wait: Nanos): Nanos {
    const hz = this.#hz;
    // Seconds and their rest apart, or products with hz would leave the integers that a double holds.
    const seconds = Math.floor(now / SEC);
    const rest = now - seconds * SEC + this.#phaseRest;
    const d = this.#jiffies(wait);
    const expires = (seconds + this.#phaseSeconds) * hz + Math.floor((rest * hz) / SEC) + d;
    // No shifts: 100 days are more than 2^31 jiffies.
    const bucket = 8 ** levelOf(d);
    const fire = (Math.floor(expires / bucket) + 1) * bucket;
    const whole = Math.floor(fire / hz);
    const left = Math.ceil(((fire - whole * hz) * SEC) / hz);
    return (whole - this.#phaseSeconds) * SEC + left - this.#phaseRest;
  }

  #jiffies(wait: Nanos): number {
    return Math.ceil((wait * this.#hz) / SEC);
  }
}

/** Each level has 64 buckets of 8 times the width of the level below, and begins where that one's 63 end (LVL_START). */
function levelOf(jiffies: number): number {
  let level = 0;
  for (let end = 63; jiffies >= end && level < TOP_LEVEL; end *= 8) level++;
  return level;
}

const TOP_LEVEL = 8;
