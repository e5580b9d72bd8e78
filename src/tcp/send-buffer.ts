/** Bytes accepted from the application and not yet acknowledged: one contiguous array, so a segment can point into it. */
import { NO_BYTES } from '../wire/segment.ts';

export class SendBuffer {
  #bytes: Uint8Array = NO_BYTES;
  #start = 0;
  #end = 0;

  /** Bytes held, acknowledged ones excluded. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** The array that holds the bytes; offset `i` of the buffer is at `at(i)`. Valid until the next `write`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  at(offset: number): number {
    return this.#start + offset;
  }

  /** Appends up to `limit - length` bytes and returns how many were taken. */
  write(src: Uint8Array, limit: number): number {
    const n = Math.min(src.length, limit - this.length);
    if (n <= 0) return 0;
    this.#reserve(n);
    this.#bytes.set(n === src.length ? src : src.subarray(0, n), this.#end);
    this.#end += n;
    return n;
  }

  /** Forgets the first `n` bytes. */
  drop(n: number): void {
    this.#start += n;
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
  }

  #reserve(n: number): void {
    if (this.#end + n <= this.#bytes.length) return;
    const held = this.length;
    // Moving down is only worth it when it frees at least half; otherwise long transfers would copy quadratically.
    if (held + n <= this.#bytes.length / 2) this.#bytes.copyWithin(0, this.#start, this.#end);
    else {
      const grown = new Uint8Array(Math.max(2048, 2 * (held + n)));
      grown.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = grown;
    }
    this.#start = 0;
    this.#end = held;
  }
}
