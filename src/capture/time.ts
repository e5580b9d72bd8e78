/**
 * Times of pcapng interfaces (draft-ietf-opsawg-pcapng, options if_tsresol and if_tsoffset): a 64-bit count of units
 * of 10^-n or 2^-n seconds, to seconds and nanoseconds, exactly and without BigInt for the resolutions in use.
 */

/** Seconds and nanoseconds, written by `TimeUnit.convert`. */
export interface TimeParts {
  tsSec: number;
  tsNanos: number;
}

export class TimeUnit {
  /** As people write it: '10^-6 s'. */
  readonly text: string;
  readonly #binary: boolean;
  readonly #exponent: number;
  readonly #offset: number;
  /** Units per second; 0 when it is beyond the exact fast path. */
  readonly #rate: number;

  /** `tsresol` as in the option: the top bit chooses powers of two. `offset`: seconds to add (if_tsoffset). */
  constructor(tsresol: number, offset: number) {
    this.#binary = (tsresol & 0x80) !== 0;
    this.#exponent = tsresol & 0x7f;
    this.#offset = offset;
    this.text = `${this.#binary ? 2 : 10}^-${this.#exponent} s`;
    // Exact while rate * 2^16 and, for powers of two, rate * 10^9 stay below 2^53.
    const fast = this.#binary ? this.#exponent <= 23 : this.#exponent <= 11;
    this.#rate = fast ? (this.#binary ? 2 : 10) ** this.#exponent : 0;
  }

  /** The time `high * 2^32 + low` units since the epoch. */
  convert(high: number, low: number, into: TimeParts): void {
    const rate = this.#rate;
    if (rate === 0) {
      this.#convertWide(high, low, into);
      return;
    }
    // Long division of 64 bits by `rate`, in steps that stay below 2^53.
    const q1 = Math.floor(high / rate);
    const a = (high - q1 * rate) * 0x10000 + (low >>> 16);
    const q2 = Math.floor(a / rate);
    const b = (a - q2 * rate) * 0x10000 + (low & 0xffff);
    const q3 = Math.floor(b / rate);
    const rest = b - q3 * rate;
    into.tsSec = q1 * 0x1_0000_0000 + q2 * 0x10000 + q3 + this.#offset;
    if (this.#binary) into.tsNanos = Math.floor((rest * 1_000_000_000) / rate);
    else if (this.#exponent <= 9) into.tsNanos = rest * 10 ** (9 - this.#exponent);
    else into.tsNanos = Math.floor(rest / 10 ** (this.#exponent - 9));
  }

  /** Picoseconds and finer, or 2^-24 s and finer: rare, and plain beats fast. */
  #convertWide(high: number, low: number, into: TimeParts): void {
    const rate = (this.#binary ? 2n : 10n) ** BigInt(this.#exponent);
    const units = (BigInt(high) << 32n) | BigInt(low);
    into.tsSec = Number(units / rate) + this.#offset;
    into.tsNanos = Number(((units % rate) * 1_000_000_000n) / rate);
  }
}

/** The 64-bit count of nanoseconds for a time, as [high, low] words. `sec` in 0 .. 2^32 - 1, `nanos` in 0 .. 10^9 - 1. */
export function nanosWords(sec: number, nanos: number): readonly [high: number, low: number] {
  const lower = (sec % 0x10000) * 1_000_000_000 + nanos;
  const upper = Math.floor(sec / 0x10000) * 1_000_000_000 + Math.floor(lower / 0x10000);
  return [Math.floor(upper / 0x10000) >>> 0, (upper % 0x10000) * 0x10000 + (lower % 0x10000)];
}
