/**
 * The sequential test that watches pairs: what is opened should be closed. Non-parametric CUSUM over periods of 20 s, as
 * Wang, Zhang and Shin use it for SYN and FIN ("Detecting SYN Flooding Attacks", INFOCOM 2002) and for SYN and SYN/ACK
 * ("SYN-dog", ICDCS 2002):
 *
 *   F(n) = alpha F(n-1) + (1 - alpha) closed(n)      average of what closes
 *   X(n) = (opened(n) - closed(n)) / F(n)            so that busy and quiet places compare
 *   y(n) = max(0, y(n-1) + X(n) - a)                 alarm where y(n) > N
 *
 * a = 0.35 is above what X is on average without a flood; N = 1.05 is three periods of X = 2a.
 */

/** a and N as published, and the period in seconds. */
export const CUSUM_DRIFT = 0.35;
export const CUSUM_THRESHOLD = 1.05;
export const PERIOD = 20;

/** alpha: the paper leaves it open. The average then remembers about ten periods. */
const ALPHA = 0.9;

/**
 * The least average to divide by. If opened and closed are Poisson with mean F, their difference varies by sqrt(2F); a
 * drift of a F is two of those from F = 8 / a² = 65 on. Below that, chance alone would raise alarms, and in a capture with
 * a handful of SYNs each one would.
 */
export const LEAST_AVERAGE: number = Math.ceil(8 / CUSUM_DRIFT ** 2);

export interface CusumState {
  readonly y: number;
  readonly most: number;
  /** ns: when the first period above N began and the last one ended; -1 where none was. */
  readonly onset: number;
  readonly end: number;
  /** ns: within so much of them it began and ended: a period, or less where the first is not over. */
  readonly within: number;
}

export class PairCusum {
  /** The period under way: seconds of it that are over, and counts; when it began (ns). */
  #seconds = 0;
  #opened = 0;
  #closed = 0;
  #average = -1;
  #y = 0;
  #onset = -1;
  #end = -1;
  #most = 0;
  /** Second of the capture that comes next. */
  #now = 0;

  /** A second's counts. */
  add(opened: number, closed: number): void {
    this.#opened += opened;
    this.#closed += closed;
    this.#pass(1);
  }

  /** Seconds with nothing. */
  idle(seconds: number): void {
    const rest = Math.min(seconds, PERIOD - this.#seconds);
    this.#pass(rest);
    const whole = Math.floor((seconds - rest) / PERIOD);
    if (whole > 0) {
      // Each whole period has X = 0, so y falls by a: it stays above N for so many of them.
      const above = Math.max(0, Math.ceil((this.#y - CUSUM_THRESHOLD) / CUSUM_DRIFT) - 1);
      if (above > 0) this.#end = (this.#now + PERIOD * Math.min(above, whole)) * SEC;
      this.#y = Math.max(0, this.#y - CUSUM_DRIFT * whole);
      this.#average *= ALPHA ** whole;
      this.#now += PERIOD * whole;
    }
    this.#pass(seconds - rest - PERIOD * whole);
  }

  /** y as it stands, with the period under way as if it ended now. */
  read(): CusumState {
    const y = this.#seconds > 0 ? this.#next(this.#averageNow()) : this.#y;
    const fires = y > CUSUM_THRESHOLD;
    const onset = this.#onset < 0 && fires ? (this.#now - this.#seconds) * SEC : this.#onset;
    const end = fires ? this.#now * SEC : this.#end;
    return { y, most: Math.max(this.#most, y), onset, end, within: Math.min(PERIOD * SEC, end - onset) };
  }

  #pass(seconds: number): void {
    this.#seconds += seconds;
    this.#now += seconds;
    if (this.#seconds < PERIOD) return;
    this.#average = this.#averageNow();
    this.#y = this.#next(this.#average);
    this.#most = Math.max(this.#most, this.#y);
    if (this.#y > CUSUM_THRESHOLD) {
      if (this.#onset < 0) this.#onset = (this.#now - PERIOD) * SEC;
      this.#end = this.#now * SEC;
    }
    this.#seconds = 0;
    this.#opened = 0;
    this.#closed = 0;
  }

  #averageNow(): number {
    return this.#average < 0 ? this.#closed : ALPHA * this.#average + (1 - ALPHA) * this.#closed;
  }

  #next(average: number): number {
    const x = (this.#opened - this.#closed) / Math.max(LEAST_AVERAGE, average);
    return Math.max(0, this.#y + x - CUSUM_DRIFT);
  }
}

const SEC = 1e9;
