/**
 * Rows of 32-bit words in chunks: a table that grows without copying what it has, and uses rows again that were given
 * back. All fields of a row lie side by side, so that looking at one costs a cache line or two, not one for each field.
 */

export class RowChunks {
  /** Rows in use. */
  live = 0;
  /**
   * `words[row >>> ROW_SHIFT]` at `(row & ROW_MASK) * stride`; `doubles` is the same memory, at half that index, and `ints`
   * has it with a sign: V8 boxes a number of 2^31 and more wherever it leaves a function.
   */
  readonly words: Uint32Array[] = [];
  readonly ints: Int32Array[] = [];
  readonly doubles: Float64Array[] = [];
  readonly #stride: number;
  #used = 0;
  /** The first row that came back (+ 1); the others are threaded through their word 0. */
  #free = 0;

  /** `stride`: words of a row, an even number because of the doubles. */
  constructor(stride: number) {
    this.#stride = stride;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.words.length * this.#stride * 4 * (ROW_MASK + 1);
  }

  /** Rows ever handed out: all are numbered below this. */
  get used(): number {
    return this.#used;
  }

  /** A row of zeros. */
  add(): number {
    this.live++;
    if (this.#free !== 0) {
      const row = this.#free - 1;
      const chunk = this.words[row >>> ROW_SHIFT]!;
      const at = (row & ROW_MASK) * this.#stride;
      this.#free = chunk[at]!;
      chunk.fill(0, at, at + this.#stride);
      return row;
    }
    if (this.#used >>> ROW_SHIFT === this.words.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const memory = new ArrayBuffer((ROW_MASK + 1) * this.#stride * 4);
    this.words.push(new Uint32Array(memory));
    this.ints.push(new Int32Array(memory));
    this.doubles.push(new Float64Array(memory));
  }

  /** Takes a row back. */
  release(row: number): void {
    this.live--;
    this.words[row >>> ROW_SHIFT]![(row & ROW_MASK) * this.#stride] = this.#free;
    this.#free = row + 1;
  }

  word(row: number, field: number): number {
    return this.words[row >>> ROW_SHIFT]![(row & ROW_MASK) * this.#stride + field]!;
  }

  setWord(row: number, field: number, value: number): void {
    this.words[row >>> ROW_SHIFT]![(row & ROW_MASK) * this.#stride + field] = value;
  }

  /** `field` counts in words, and is even. */
  double(row: number, field: number): number {
    return this.doubles[row >>> ROW_SHIFT]![((row & ROW_MASK) * this.#stride + field) >>> 1]!;
  }

  setDouble(row: number, field: number, value: number): void {
    this.doubles[row >>> ROW_SHIFT]![((row & ROW_MASK) * this.#stride + field) >>> 1] = value;
  }
}

/** 4,096 rows a chunk: few enough for a small capture, and in a big one the list of chunks stays short. */
export const ROW_SHIFT = 12;
export const ROW_MASK: number = (1 << ROW_SHIFT) - 1;
