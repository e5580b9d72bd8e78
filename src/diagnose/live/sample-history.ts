/** Counts and levels as they stood at the end of each of the last seconds of a capture. */

export class SampleHistory {
  /** Oldest first; the first one stands for the second before the capture. */
  readonly #samples: ArrayLike<number>[];
  #seconds = 0;

  /** `values`: how many there are in a sample; all begin at 0. */
  constructor(values: number) {
    this.#samples = [new Float64Array(values)];
  }

  /** When the second that is going on ends, in ns since the first packet. */
  get due(): number {
    return (this.#seconds + 1) * SEC;
  }

  /** The values as they stood at `due`, known at `now`: seconds in between had no packet, so they changed nothing. */
  add(now: number, values: ArrayLike<number>): void {
    const over = Math.floor(now / SEC);
    const sample = Float64Array.from(values);
    for (let left = Math.min(over - this.#seconds, MOST_SECONDS + 1); left > 0; left--) this.#samples.push(sample);
    this.#samples.splice(0, this.#samples.length - (MOST_SECONDS + 1));
    this.#seconds = over;
  }

  /** How much a count grew a second, over the last `seconds` or as many as there were; 0 before the first is over. */
  rate(which: number, seconds: number): number {
    const last = this.#samples.length - 1;
    const from = Math.max(0, last - seconds);
    return last === from ? 0 : (this.#samples[last]![which]! - this.#samples[from]![which]!) / (last - from);
  }

  /** How much a count grew in each of the last `seconds`, oldest first. */
  rates(which: number, seconds: number): number[] {
    const levels = this.#samples.slice(-seconds - 1);
    return levels.slice(1).map((sample, i) => sample[which]! - levels[i]![which]!);
  }

  /** A level at the end of each of the last `seconds`, oldest first. */
  levels(which: number, seconds: number): number[] {
    return this.#samples
      .slice(1)
      .slice(-seconds)
      .map((sample) => sample[which]!);
  }
}

const SEC = 1e9;
const MOST_SECONDS = 600;
