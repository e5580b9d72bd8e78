/**
 * Address handles: plain numbers that stand for IP addresses, so that segments, hashes and columns need no strings.
 * An IPv4 address is its uint32. An IPv6 address is 2^32 plus its index in an `AddressTable`.
 */
import { HalfopenError } from './error.ts';
import { formatIpv4, parseIpv4 } from './ipv4-text.ts';
import { formatIpv6, parseIpv6 } from './ipv6-text.ts';
import { mixWord } from './mix.ts';

/** Handles from here on are IPv6. */
export const IPV6_BASE: number = 2 ** 32;

/** Does the handle stand for an IPv6 address? */
export function isIpv6(handle: number): boolean {
  return handle >= IPV6_BASE;
}

/** Is shown the handles that somebody still refers to, IPv4 ones as well. */
export type AddressVisitor = (handle: number) => void;

/**
 * IPv6 addresses by index: same bytes, same handle, for as long as the handle is held. It grows by doubling, 28 to 56
 * bytes an address, and forgets nothing by itself. Who reads captures of any length calls `sweep` when it is crowded.
 */
export class AddressTable {
  /** Addresses held. */
  count = 0;
  /** Indexes handed out so far: all lie below. Those that came back are threaded through their first word, + 1. */
  #used = 0;
  #free = 0;
  #words: Uint32Array;
  #hashes: Int32Array;
  /** Open addressing, linear probing, index + 1 per slot, 0 = free; at most half full. */
  #slots: Uint32Array;
  readonly #seed: number;
  readonly #least: number;
  /** Held at most before a sweep is due. */
  #most: number;
  readonly #scratch = new Uint8Array(16);

  /** `seed` stirs the hash, so that addresses made to collide collide for nobody else. `least`: held before any is forgotten. */
  constructor(capacity = 16, seed = 0, least: number = SWEPT_FROM) {
    let size = 8;
    while (size < capacity) size *= 2;
    this.#words = new Uint32Array(4 * size);
    this.#hashes = new Int32Array(size);
    this.#slots = new Uint32Array(2 * size);
    this.#seed = seed;
    this.#least = least;
    this.#most = least;
  }

  /** The handle of the 16 bytes at `off`. Allocates only when the table doubles. */
  intern(bytes: Uint8Array, off: number): number {
    const a = read32(bytes, off);
    const b = read32(bytes, off + 4);
    const c = read32(bytes, off + 8);
    const d = read32(bytes, off + 12);
    const words = this.#words;
    const hash = mixWord(mixWord(mixWord(mixWord(this.#seed, a), b), c), d);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      if (entry === 0) {
        if (this.#free === 0 && 4 * this.#used === words.length) {
          this.#grow();
          return this.intern(bytes, off);
        }
        const index = this.#take();
        this.#slots[slot] = index + 1;
        this.#hashes[index] = hash;
        words[4 * index] = a;
        words[4 * index + 1] = b;
        words[4 * index + 2] = c;
        words[4 * index + 3] = d;
        return IPV6_BASE + index;
      }
      const i = 4 * (entry - 1);
      if (words[i] === a && words[i + 1] === b && words[i + 2] === c && words[i + 3] === d) {
        return IPV6_BASE + entry - 1;
      }
    }
  }

  /** 32 mixed bits of an IPv6 address. They are of its bytes: the same when it comes back after a sweep. */
  hash(handle: number): number {
    return this.#hashes[handle - IPV6_BASE]!;
  }

  /** Half as many again as outlived the last sweep: time for another. Answers for a packet between packets only. */
  get isCrowded(): boolean {
    return this.count > this.#most;
  }

  /**
   * Forgets every address but those that `holders` shows; other handles may stand for other addresses from now on. Handles
   * that are shown keep their meaning.
   */
  sweep(holders: (visit: AddressVisitor) => void): void {
    const held = new Uint8Array(this.#used);
    holders((handle) => {
      if (handle >= IPV6_BASE) held[handle - IPV6_BASE] = 1;
    });
    this.#slots.fill(0);
    this.#free = 0;
    this.count = 0;
    // Backwards, so that low indexes are taken again first.
    for (let index = this.#used - 1; index >= 0; index--) {
      if (held[index] === 1) {
        this.count++;
        this.#put(index);
      } else {
        this.#words[4 * index] = this.#free;
        this.#free = index + 1;
      }
    }
    this.#most = Math.max(this.#least, Math.ceil(1.5 * this.count));
  }

  /** Writes the address in network order at `out[off]`: 4 bytes or 16. */
  bytes(handle: number, out: Uint8Array, off: number): void {
    if (handle < IPV6_BASE) {
      write32(out, off, handle);
      return;
    }
    const i = 4 * this.#index(handle);
    for (let w = 0; w < 4; w++) write32(out, off + 4 * w, this.#words[i + w]!);
  }

  /** One of the four 32-bit words of an IPv6 address, 0 = the most significant. For checksums and hashes. */
  word(handle: number, w: number): number {
    return this.#words[4 * (handle - IPV6_BASE) + w]!;
  }

  /** The handle of an IPv4 or IPv6 address in text form. */
  parse(text: string): number {
    const v4 = parseIpv4(text);
    if (v4 >= 0) return v4;
    if (parseIpv6(text, this.#scratch, 0)) return this.intern(this.#scratch, 0);
    throw new HalfopenError(`'${text}' is not an address: expected IPv4 such as 192.0.2.1 or IPv6 such as 2001:db8::1`);
  }

  /** Dotted decimal, or the canonical IPv6 form of RFC 5952. */
  format(handle: number): string {
    if (handle < IPV6_BASE) return formatIpv4(handle);
    this.bytes(handle, this.#scratch, 0);
    return formatIpv6(this.#scratch, 0);
  }

  isV6(handle: number): boolean {
    return handle >= IPV6_BASE;
  }

  #index(handle: number): number {
    const index = handle - IPV6_BASE;
    if (index >= this.#used) throw new RangeError(`address handle ${handle} is not of this table of ${this.count}`);
    return index;
  }

  #take(): number {
    this.count++;
    if (this.#free === 0) return this.#used++;
    const index = this.#free - 1;
    this.#free = this.#words[4 * index]!;
    return index;
  }

  #put(index: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#hashes[index]! & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = index + 1;
  }

  /** Only when every index is held. */
  #grow(): void {
    const words = new Uint32Array(2 * this.#words.length);
    words.set(this.#words);
    this.#words = words;
    const hashes = new Int32Array(2 * this.#hashes.length);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let index = 0; index < this.#used; index++) this.#put(index);
  }
}

function read32(b: Uint8Array, off: number): number {
  return ((b[off]! << 24) | (b[off + 1]! << 16) | (b[off + 2]! << 8) | b[off + 3]!) >>> 0;
}

function write32(b: Uint8Array, off: number, v: number): void {
  b[off] = v >>> 24;
  b[off + 1] = v >>> 16;
  b[off + 2] = v >>> 8;
  b[off + 3] = v;
}

/** Some 15 MiB. */
const SWEPT_FROM = 2 ** 18;
