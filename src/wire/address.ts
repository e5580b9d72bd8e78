/**
 * Address handles: plain numbers that stand for IP addresses, so that segments, hashes and columns need no strings.
 * An IPv4 address is its uint32. An IPv6 address is 2^32 plus its index in an `AddressTable`.
 */
import { HalfopenError } from './error.ts';
import { formatIpv4, parseIpv4 } from './ipv4-text.ts';
import { formatIpv6, parseIpv6 } from './ipv6-text.ts';

/** Handles from here on are IPv6. */
export const IPV6_BASE: number = 2 ** 32;

/** Does the handle stand for an IPv6 address? */
export function isIpv6(handle: number): boolean {
  return handle >= IPV6_BASE;
}

/**
 * IPv6 addresses by index: same bytes, same handle. It grows by doubling and forgets nothing (24 to 48 bytes an
 * address), so a reader of hostile captures may want one table per file.
 */
export class AddressTable {
  /** Addresses held. */
  count = 0;
  #words: Uint32Array;
  /** Open addressing, linear probing, index + 1 per slot, 0 = free; at most half full. */
  #slots: Uint32Array;
  readonly #scratch = new Uint8Array(16);

  constructor(capacity = 16) {
    let size = 8;
    while (size < capacity) size *= 2;
    this.#words = new Uint32Array(4 * size);
    this.#slots = new Uint32Array(2 * size);
  }

  /** The handle of the 16 bytes at `off`. Allocates only when the table doubles. */
  intern(bytes: Uint8Array, off: number): number {
    const a = read32(bytes, off);
    const b = read32(bytes, off + 4);
    const c = read32(bytes, off + 8);
    const d = read32(bytes, off + 12);
    const words = this.#words;
    const mask = this.#slots.length - 1;
    for (let slot = hash(a, b, c, d) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      if (entry === 0) {
        if ((this.count + 1) * 8 > words.length * 2) {
          this.#grow();
          return this.intern(bytes, off);
        }
        this.#slots[slot] = this.count + 1;
        words[4 * this.count] = a;
        words[4 * this.count + 1] = b;
        words[4 * this.count + 2] = c;
        words[4 * this.count + 3] = d;
        return IPV6_BASE + this.count++;
      }
      const i = 4 * (entry - 1);
      if (words[i] === a && words[i + 1] === b && words[i + 2] === c && words[i + 3] === d) {
        return IPV6_BASE + entry - 1;
      }
    }
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
    if (index >= this.count) throw new RangeError(`address handle ${handle} is not of this table of ${this.count}`);
    return index;
  }

  #grow(): void {
    const words = new Uint32Array(2 * this.#words.length);
    words.set(this.#words);
    const slots = new Uint32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let n = 0; n < this.count; n++) {
      let slot = hash(words[4 * n]!, words[4 * n + 1]!, words[4 * n + 2]!, words[4 * n + 3]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = n + 1;
    }
    this.#words = words;
    this.#slots = slots;
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

/** Mixes the four words (constants of MurmurHash3's finalizer). Speed, not secrecy: a table is per capture or run. */
function hash(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15) ^ c, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13) ^ d, 0x85ebca6b);
  return h ^ (h >>> 16);
}
