/**
 * What a frame has unpacked so far, as far back as its window goes. Room is made as content comes, not when a header asks for
 * it, and moved once in many blocks: a file of a few kilobytes must not cost gigabytes moved.
 */
export class History {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Content ends here; it began, or was cut off, at 0. */
  end = 0;
  #window = 0;

  /** A frame begins. */
  begin(window: number): void {
    this.end = 0;
    this.#window = window;
    // A large window of the frame before is not kept for a small one.
    if (this.#bytes.length > this.#most) this.#bytes = new Uint8Array(0);
  }

  /** The bytes, with room for `more` behind the end. Valid until the next call. */
  room(more: number): Uint8Array {
    if (this.end + more <= this.#bytes.length) return this.#bytes;
    const kept = Math.min(this.end, this.#window);
    const doubled = 2 * this.#bytes.length + more;
    // The last steps in one: while old and new are both there, that is what takes most room.
    const grown = 2 * doubled > this.#most ? this.#most : doubled;
    const target =
      kept + more <= this.#bytes.length && grown <= this.#bytes.length ? this.#bytes : new Uint8Array(grown);
    target.set(this.#bytes.subarray(this.end - kept, this.end));
    this.#bytes = target;
    this.end = kept;
    return target;
  }

  /** How far back a copy may reach. */
  get reach(): number {
    return Math.min(this.end, this.#window);
  }

  get #most(): number {
    return this.#window + Math.max(LEAST_SLACK, this.#window >> 2);
  }
}

/** Behind a small window: several blocks. */
const LEAST_SLACK = 1 << 20;
