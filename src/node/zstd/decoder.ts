/**
 * Zstandard (RFC 8878), unpacked as it comes. Node 20 cannot; and what reads captures from strangers must not be made to work
 * or to keep much by few bytes: a block gives at most 128 KiB and costs no more than it gives, and memory is made for content
 * that came, not for a window that was asked for. Dictionaries are not supported; checksums are passed over.
 */
import { Packed } from './bits.ts';
import { ZstdDamage, ZstdRefusal } from './damage.ts';
import { History } from './history.ts';
import { Literals } from './literals.ts';
import { Sequences } from './sequences.ts';

/** What the zstd program accepts unless told otherwise: `--long=27`. */
const MOST_WINDOW = 2 ** 27;
const MOST_BLOCK = 1 << 17;

export class ZstdDecoder {
  /** A field or block that is not whole yet, how many bytes of it there are, and how many it has. */
  readonly #packed = new Packed(MOST_BLOCK);
  readonly #field: Uint8Array = this.#packed.bytes;
  #have = 0;
  #need = 4;
  #at: Part = Part.Magic;
  /** Bytes to pass over before that. */
  #skip = 0;
  #descriptor = 0;
  /** Of the block under way: its type, the bytes that it stands for if that is known, and whether it is the last. */
  #type = 0;
  #size = 0;
  #isLast = false;
  /** Of this frame: the most that a block holds, packed or not. */
  #mostBlock = 0;
  readonly #history = new History();
  readonly #literals = new Literals();
  readonly #sequences = new Sequences();

  /** Could the data end here? */
  get isWhole(): boolean {
    return this.#at === Part.Magic && this.#have === 0 && this.#skip === 0;
  }

  /** What the next bytes of the stream give, block by block; each piece is the caller's. Throws `ZstdDamage` and `ZstdRefusal`. */
  *push(bytes: Uint8Array): Generator<Uint8Array, void> {
    for (let i = 0; i < bytes.length; ) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, bytes.length - i);
        this.#skip -= passed;
        i += passed;
        continue;
      }
      const part = bytes.subarray(i, i + this.#need - this.#have);
      this.#field.set(part, this.#have);
      this.#have += part.length;
      i += part.length;
      if (this.#have < this.#need) return;
      this.#have = 0;
      if (this.#at === Part.Content) {
        const piece = this.#onContent();
        if (piece.length > 0) yield piece;
      } else this.#onField();
    }
  }

  #onField(): void {
    switch (this.#at) {
      case Part.Magic: {
        const magic = this.#little(0, 4);
        if (magic === FRAME) this.#expect(Part.Descriptor, 1);
        else if (isSkippable(magic)) this.#expect(Part.SkippableSize, 4);
        else throw new ZstdDamage('something else where a frame should begin');
        return;
      }
      case Part.SkippableSize:
        this.#skip = this.#little(0, 4);
        this.#expect(Part.Magic, 4);
        return;
      case Part.Descriptor:
        this.#descriptor = this.#field[0]!;
        if ((this.#descriptor & RESERVED) !== 0) throw new ZstdDamage('a reserved bit that is set');
        this.#expect(Part.Header, headerBytes(this.#descriptor));
        return;
      case Part.Header:
        this.#begin();
        return;
      case Part.Block:
        this.#onBlock(this.#little(0, 3));
        return;
    }
  }

  #begin(): void {
    const window = this.#window();
    if (window > MOST_WINDOW) {
      throw new ZstdRefusal(`asks for a window of ${window} bytes, expected at most ${MOST_WINDOW}`);
    }
    const dictionary = this.#little(
      (this.#descriptor & SINGLE_SEGMENT) === 0 ? 1 : 0,
      dictionaryBytes(this.#descriptor),
    );
    if (dictionary !== 0) throw new ZstdRefusal(`needs dictionary ${dictionary}, and none can be given`);
    this.#mostBlock = Math.min(window, MOST_BLOCK);
    this.#history.begin(window);
    this.#literals.begin();
    this.#sequences.begin();
    this.#expect(Part.Block, 3);
  }

  /** §3.1.1.2: a block of one repeated byte says how often, and holds it once. */
  #onBlock(header: number): void {
    this.#isLast = (header & 1) !== 0;
    this.#type = (header >>> 1) & 3;
    this.#size = header >>> 3;
    if (this.#type === RESERVED_BLOCK) throw new ZstdDamage('a block of a type that there is not');
    if (this.#size > this.#mostBlock) throw new ZstdDamage('a block of more than its frame allows');
    this.#expect(Part.Content, this.#type === RLE ? 1 : this.#size);
    if (this.#need === 0) this.#onContent();
  }

  /** A block is there, and is unpacked behind the content before it. */
  #onContent(): Uint8Array {
    const history = this.#history;
    const size = this.#size;
    const out = history.room(this.#mostBlock);
    const from = history.end;
    if (this.#type === COMPRESSED) {
      const at = this.#literals.read(this.#packed, 0, size);
      this.#sequences.run(this.#packed, at, size, this.#literals, history, this.#mostBlock);
    } else {
      if (this.#type === RLE) out.fill(this.#field[0]!, from, from + size);
      else out.set(this.#field.subarray(0, size), from);
      history.end += size;
    }
    if (!this.#isLast) this.#expect(Part.Block, 3);
    else {
      if ((this.#descriptor & CHECKSUM) !== 0) this.#skip = CHECKSUM_BYTES;
      this.#expect(Part.Magic, 4);
    }
    return out.slice(from, history.end);
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
const RESERVED = 0x08;
const CHECKSUM = 0x04;
const CHECKSUM_BYTES = 4;
const RLE = 1;
const COMPRESSED = 2;
const RESERVED_BLOCK = 3;

const Part = { Magic: 0, SkippableSize: 1, Descriptor: 2, Header: 3, Block: 4, Content: 5 } as const;
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
