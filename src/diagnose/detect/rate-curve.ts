/** Rates over time in at most 600 steps: when they are full, each two become one, so a curve never outgrows its room. */
import type { RateCurve } from '../findings.ts';

/** The columns of a curve: those that add up, and a level. */
export const Curve = {
  Syn: 0,
  Synack: 1,
  Completed: 2,
  Refused: 3,
  Unfinished: 4,
  StrayReplies: 5,
  NewSources: 6,
  HalfOpen: 7,
} as const;

export class RateSteps {
  /** Second of the capture in which the first step begins. */
  readonly #first: number;
  /** Seconds per step, a power of two, and steps in use. */
  #step = 1;
  #used = 0;
  /** 32 bits each: counts of a step are whole and below 2^32, estimates need no more digits. */
  #columns: Column[];

  constructor(first: number) {
    this.#first = first;
    this.#columns = COLUMNS.map((column) => emptyColumn(column, INITIAL));
  }

  /** The values of one second of the capture, counted from its start; seconds never go back. */
  add(second: number, values: Float64Array): void {
    const step = this.#reach(second);
    for (const column of COLUMNS) {
      const target = this.#columns[column]!;
      target[step] = column === Curve.HalfOpen ? values[column]! : target[step]! + values[column]!;
    }
  }

  /** Nothing happened up to this second, but entries may have grown old: `level` of them are left. */
  idle(second: number, level: number): void {
    this.#columns[Curve.HalfOpen]![this.#reach(second)] = level;
  }

  /** An attempt that began in this second has completed. Those from before the first second were never counted. */
  complete(second: number): void {
    if (second < this.#first) return;
    const column = this.#columns[Curve.Unfinished]!;
    const step = Math.floor((second - this.#first) / this.#step);
    if (step < this.#used && column[step]! > 0) column[step]!--;
  }

  read(): RateCurve {
    const read = (column: number): readonly number[] => Array.from(this.#columns[column]!.subarray(0, this.#used));
    return {
      start: this.#first * SEC,
      step: this.#step * SEC,
      syn: read(Curve.Syn),
      synack: read(Curve.Synack),
      completed: read(Curve.Completed),
      refused: read(Curve.Refused),
      unfinished: read(Curve.Unfinished),
      strayReplies: read(Curve.StrayReplies),
      newSources: read(Curve.NewSources).map((n) => Math.round(n * 10) / 10),
      halfOpen: read(Curve.HalfOpen),
    };
  }

  /** The step of a second, with all before it made. */
  #reach(second: number): number {
    const since = Math.max(0, second - this.#first);
    while (since >= MOST_STEPS * this.#step) this.#halve();
    const step = Math.max(this.#used - 1, Math.floor(since / this.#step));
    while (step >= this.#columns[0]!.length) this.#grow();
    // A level stays what it was until something changes it.
    if (step >= this.#used && this.#used > 0)
      this.#columns[Curve.HalfOpen]!.fill(this.#columns[Curve.HalfOpen]![this.#used - 1]!, this.#used, step + 1);
    this.#used = Math.max(this.#used, step + 1);
    return step;
  }

  #grow(): void {
    this.#columns = this.#columns.map((column, index) => {
      const larger = emptyColumn(index, Math.min(MOST_STEPS, 2 * column.length));
      larger.set(column);
      return larger;
    });
  }

  #halve(): void {
    for (const index of COLUMNS) {
      const column = this.#columns[index]!;
      for (let to = 0; 2 * to < this.#used; to++) {
        const left = column[2 * to]!;
        const last = 2 * to + 1 >= this.#used;
        const right = last ? 0 : column[2 * to + 1]!;
        column[to] = index === Curve.HalfOpen ? (last ? left : right) : left + right;
      }
      column.fill(0, (this.#used + 1) >>> 1);
    }
    this.#used = (this.#used + 1) >>> 1;
    this.#step *= 2;
  }
}

type Column = Uint32Array | Float32Array;

function emptyColumn(column: number, steps: number): Column {
  return column < Curve.NewSources ? new Uint32Array(steps) : new Float32Array(steps);
}

const COLUMNS: readonly number[] = Object.values(Curve);
export const MOST_STEPS = 600;
const INITIAL = 8;
const SEC = 1e9;
