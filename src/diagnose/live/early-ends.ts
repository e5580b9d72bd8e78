/**
 * Which rows of the tracker are some seconds old, in the order in which they began. At the end of a capture the tracker tells
 * what became of each; who watches cannot wait for that, nor for the minute after which it gives up a silent one.
 */

export class EarlyEnds {
  readonly #age: number;
  /** A ring of rows and of when they began, and where it begins. */
  #rows = new Int32Array(INITIAL);
  #since = new Float64Array(INITIAL);
  #head = 0;
  #held = 0;
  /** By row: when it began, as long as it waits here; else `NONE` or `TOLD`. */
  #began = new Float64Array(INITIAL).fill(NONE);

  /** `age`: ns after which a row is told. */
  constructor(age: number) {
    this.#age = age;
  }

  /** The row began at `ts`. Where there is no room, or it is known already, nothing happens: it is told when it retires. */
  add(row: number, ts: number): void {
    if (this.#held === this.#rows.length && !this.#grow()) return;
    while (row >= this.#began.length) {
      const longer = new Float64Array(2 * this.#began.length).fill(NONE);
      longer.set(this.#began);
      this.#began = longer;
    }
    if (this.#began[row] !== NONE) return;
    const at = (this.#head + this.#held++) & (this.#rows.length - 1);
    this.#rows[at] = row;
    this.#since[at] = ts;
    this.#began[row] = ts;
  }

  /** Nobody need hear of the row before it retires. */
  settle(row: number): void {
    if (row < this.#began.length && this.#began[row]! >= 0) this.#began[row] = NONE;
  }

  /** The next row that is old enough at `ts`, or -1. Each is told once. */
  next(ts: number): number {
    while (this.#held > 0 && ts - this.#since[this.#head]! >= this.#age) {
      const row = this.#rows[this.#head]!;
      // It may have retired meanwhile, and be another one's now.
      const still = this.#began[row] === this.#since[this.#head];
      this.#head = (this.#head + 1) & (this.#rows.length - 1);
      this.#held--;
      if (!still) continue;
      this.#began[row] = TOLD;
      return row;
    }
    return -1;
  }

  /** The tracker is done with the row. False: it was told before. */
  retire(row: number): boolean {
    if (row >= this.#began.length) return true;
    const told = this.#began[row] === TOLD;
    this.#began[row] = NONE;
    return !told;
  }

  #grow(): boolean {
    const size = this.#rows.length;
    if (size === MOST) return false;
    const rows = new Int32Array(2 * size);
    const since = new Float64Array(2 * size);
    for (let i = 0; i < size; i++) {
      const at = (this.#head + i) & (size - 1);
      rows[i] = this.#rows[at]!;
      since[i] = this.#since[at]!;
    }
    this.#rows = rows;
    this.#since = since;
    this.#head = 0;
    return true;
  }
}

const NONE = -1;
const TOLD = -2;
const INITIAL = 1024;
/** 12 bytes each. */
const MOST = 2 ** 19;
