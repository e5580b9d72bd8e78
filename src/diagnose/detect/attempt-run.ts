/**
 * Attempts that came one after the other at one socket, in one second, with nothing else in between: a flood is little else.
 * What is the same for all of them is counted for all of them at once.
 */

export class AttemptRun {
  /** Attempts so far; 0: there is no run. */
  length = 0;
  second = 0;
  /** In a typed array, since V8 boxes fractions and big numbers in plain fields. */
  readonly #times = new Float64Array(3);

  begin(second: number, ts: number): void {
    this.length = 1;
    this.second = second;
    this.#times.fill(ts);
  }

  add(ts: number): void {
    this.length++;
    this.#times[LAST] = ts;
    if (ts > this.#times[LATEST]!) this.#times[LATEST] = ts;
  }

  /** Times in ns, in capture order: of the first attempt and the last. */
  get first(): number {
    return this.#times[FIRST]!;
  }

  get last(): number {
    return this.#times[LAST]!;
  }

  /** The highest time of any. */
  get latest(): number {
    return this.#times[LATEST]!;
  }
}

const FIRST = 0;
const LAST = 1;
const LATEST = 2;
