/** The Internet checksum (RFC 1071) and TCP's use of it with the pseudo-header (RFC 9293 §3.1, RFC 8200 §8.1). */
import { type AddressTable, IPV6_BASE } from './address.ts';

const PROTOCOL_TCP = 6;

/**
 * Adds `len` bytes as big-endian 16-bit words to the partial sum, folded to 16 bits; an odd last byte is the high
 * half of a word. `sum` is 0 .. 2^20, so that 65,535 bytes cannot overflow 32 bits between folds.
 */
export function addWords(bytes: Uint8Array, off: number, len: number, sum: number): number {
  let s = sum;
  let i = off;
  const end = off + len;
  while (i < end) {
    // 2^14 words of at most 2^16 - 1 stay below 2^30: V8 keeps the sum a small integer.
    const stop = Math.min(end, i + 0x8000);
    const whole = stop - 7;
    while (i < whole) {
      s +=
        ((bytes[i]! << 8) | bytes[i + 1]!) +
        ((bytes[i + 2]! << 8) | bytes[i + 3]!) +
        ((bytes[i + 4]! << 8) | bytes[i + 5]!) +
        ((bytes[i + 6]! << 8) | bytes[i + 7]!);
      i += 8;
    }
    const pairs = stop - 1;
    while (i < pairs) {
      s += (bytes[i]! << 8) | bytes[i + 1]!;
      i += 2;
    }
    if (i < stop) s += bytes[i++]! << 8;
    s = fold(s);
  }
  return s;
}

/**
 * The same over a view of the same memory, three times as fast: words of 32 bits, in the order of most machines, because
 * the one's complement sum of swapped bytes is the swapped sum (RFC 1071 §2 B).
 */
export function addViewWords(view: DataView, off: number, len: number, sum: number): number {
  // Of longer ones the sums below could exceed 2^31.
  if (len > 0xffff) return addWords(new Uint8Array(view.buffer, view.byteOffset), off, len, sum);
  const swapped = fold(sumLittle(view, off, off + len));
  return fold(((swapped & 0xff) << 8) + (swapped >>> 8) + sum);
}

/** Sum of the 16-bit words of `[off, end)` in little-endian order, not folded; 65,535 bytes at most, of which it is below 2^32. */
export function sumLittle(view: DataView, off: number, end: number): number {
  // Of all words, modulo 2^32, and of their upper halves: what is missing then follows, as it is below 2^31.
  let all = 0;
  let high = 0;
  let i = off;
  // `| 0` where nothing can overflow: V8 then has nothing to check. Long steps, as each costs it a check of the view.
  for (const whole = end - 15; i < whole; i = (i + 16) | 0) {
    const a = view.getInt32(i, true);
    const b = view.getInt32((i + 4) | 0, true);
    const c = view.getInt32((i + 8) | 0, true);
    const d = view.getInt32((i + 12) | 0, true);
    all = (all + ((((a + b) | 0) + ((c + d) | 0)) | 0)) | 0;
    high = (high + ((((a >>> 16) + (b >>> 16)) | 0) + (((c >>> 16) + (d >>> 16)) | 0))) | 0;
  }
  for (const words = end - 3; i < words; i = (i + 4) | 0) {
    const a = view.getInt32(i, true);
    all = (all + a) | 0;
    high = (high + (a >>> 16)) | 0;
  }
  let low = (all - (high << 16)) | 0;
  if (i < end - 1) {
    low = (low + view.getUint16(i, true)) | 0;
    i = (i + 2) | 0;
  }
  if (i < end) low = (low + view.getUint8(i)) | 0;
  return low + high;
}

/** One's complement of the one's complement sum. Over bytes that include a right checksum it is 0. */
export function inetChecksum(bytes: Uint8Array, off: number, len: number): number {
  return ~addWords(bytes, off, len, 0) & 0xffff;
}

/** Partial sum of the pseudo-header: both addresses, the protocol (TCP), the length of what follows the IP header. */
export function pseudoHeaderSum(
  src: number,
  dst: number,
  length: number,
  addresses: AddressTable,
  protocol: number = PROTOCOL_TCP,
): number {
  let s = protocol + (length & 0xffff) + (length >>> 16);
  if (src < IPV6_BASE) {
    s += (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff);
  } else {
    for (let w = 0; w < 4; w++) {
      const a = addresses.word(src, w);
      const b = addresses.word(dst, w);
      s += (a >>> 16) + (a & 0xffff) + (b >>> 16) + (b & 0xffff);
    }
  }
  return fold(s);
}

/**
 * Checksum of the TCP segment `bytes[off .. off + len)` as it stands: 0 when its checksum field is right; the value
 * to store when the field is still zero.
 */
export function tcpChecksum(
  bytes: Uint8Array,
  off: number,
  len: number,
  src: number,
  dst: number,
  addresses: AddressTable,
): number {
  return ~addWords(bytes, off, len, pseudoHeaderSum(src, dst, len, addresses)) & 0xffff;
}

function fold(sum: number): number {
  const s = (sum & 0xffff) + (sum >>> 16);
  return (s & 0xffff) + (s >>> 16);
}
