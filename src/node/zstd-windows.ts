/**
 * Finds what each frame of a Zstandard stream asks to keep in memory (RFC 8878 §3.1), without decompressing: frames and
 * blocks say how long they are. A decompressor makes room as soon as it reads that, so it has to be known before.
 */

export class ZstdWindows {
  /** Bytes of the largest window that the bytes so far have asked for. */
  largest = 0;

  /** A field that is not whole yet, and how many bytes it has. */
  readonly #field = new Uint8Array(MOST_FIELD_BYTES);
  #have = 0;
  #need = 4;
  #at: Part = Part.Magic;
  /** Bytes to pass over before the next field. */
  #skip = 0;
  #descriptor = 0;

  /** Looks at the next bytes of the stream; returns how many stand before a frame that asks for more than `most`. */
  see(bytes: Uint8Array, most: number): number {
    let i = 0;
    let frameAt = 0;
    while (i < bytes.length && this.#at !== Part.Lost) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, bytes.length - i);
        this.#skip -= passed;
        i += passed;
        continue;
      }
      if (this.#at === Part.Magic && this.#have === 0) frameAt = i;
      this.#field[this.#have++] = bytes[i++]!;
      if (this.#have < this.#need) continue;
      this.#have = 0;
      this.#onField();
      if (this.largest > most) return frameAt;
    }
    return bytes.length;
  }

  #onField(): void {
    switch (this.#at) {
      case Part.Magic: {
        const magic = this.#little(0, 4);
        if (magic === FRAME) this.#expect(Part.Descriptor, 1);
        else if (isSkippable(magic)) this.#expect(Part.SkippableSize, 4);
        // No frame: whoever decompresses will say so.
        else this.#at = Part.Lost;
        return;
      }
      case Part.SkippableSize:
        this.#skip = this.#little(0, 4);
        this.#expect(Part.Magic, 4);
        return;
      case Part.Descriptor:
        this.#descriptor = this.#field[0]!;
        this.#expect(Part.Header, headerBytes(this.#descriptor));
        return;
      case Part.Header:
        this.largest = Math.max(this.largest, this.#window());
        this.#expect(Part.Block, 3);
        return;
      case Part.Block: {
        const block = this.#little(0, 3);
        const isLast = (block & 1) !== 0;
        // A block of one repeated byte says how often, and holds it once.
        this.#skip = ((block >>> 1) & 3) === RLE ? 1 : block >>> 3;
        if (!isLast) this.#expect(Part.Block, 3);
        else {
          if ((this.#descriptor & CHECKSUM) !== 0) this.#skip += 4;
          this.#expect(Part.Magic, 4);
        }
        return;
      }
    }
  }

  #expect(part: Part, bytes: number): void {
    this.#at = part;
    this.#need = bytes;
  }

  /** RFC 8878 §3.1.1.1.2; of a single segment the window is the content, whose size stands behind the dictionary id. */
  #window(): number {
    const descriptor = this.#descriptor;
    if ((descriptor & SINGLE_SEGMENT) === 0) {
      const base = 2 ** (10 + (this.#field[0]! >>> 3));
      return base + (base / 8) * (this.#field[0]! & 7);
    }
    const bytes = contentSizeBytes(descriptor);
    const size = this.#little(dictionaryBytes(descriptor), bytes);
    return bytes === 2 ? size + 256 : size;
  }

  #little(at: number, bytes: number): number {
    let value = 0;
    for (let i = at + bytes - 1; i >= at; i--) value = value * 256 + this.#field[i]!;
    return value;
  }
}

/** Do these bytes begin a Zstandard stream: with a frame, or with one to be skipped, as parallel compressors write? */
export function isZstd(first: Uint8Array): boolean {
  if (first.length < 4) return false;
  const magic = new DataView(first.buffer, first.byteOffset).getUint32(0, true);
  return magic === FRAME || isSkippable(magic);
}

const FRAME = 0xfd2fb528;
const SINGLE_SEGMENT = 0x20;
const CHECKSUM = 0x04;
const RLE = 1;
/** Window, dictionary id, content size. */
const MOST_FIELD_BYTES = 13;

const Part = { Magic: 0, SkippableSize: 1, Descriptor: 2, Header: 3, Block: 4, Lost: 5 } as const;
type Part = (typeof Part)[keyof typeof Part];

function isSkippable(magic: number): boolean {
  return magic >>> 4 === 0x184d2a5;
}

function headerBytes(descriptor: number): number {
  const window = (descriptor & SINGLE_SEGMENT) === 0 ? 1 : 0;
  return window + dictionaryBytes(descriptor) + contentSizeBytes(descriptor);
}

function dictionaryBytes(descriptor: number): number {
  return [0, 1, 2, 4][descriptor & 3]!;
}

function contentSizeBytes(descriptor: number): number {
  const flag = descriptor >>> 6;
  return flag === 0 ? (descriptor & SINGLE_SEGMENT) >>> 5 : 1 << flag;
}
