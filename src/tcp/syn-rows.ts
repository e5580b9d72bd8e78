/**
 * Storage of the SYN queue: one fixed-size row of 80 bytes per half-open entry, all fields of a row side by side.
 *
 * Side by side and not a typed array per field: with a million entries each column of a random row is a cache miss of its
 * own; a row is one or two lines. The price is the index arithmetic here.
 */

/** Fields of a row in 32-bit words: `i32[row * STRIDE + FIELD]`. */
export const STRIDE = 20;
export const REMOTE = 0; // lower 32 bits of the address handle
export const LOCAL = 1;
export const KEY_FLAGS = 2; // remote port << 16 | ECN << 15 | timeouts << 8 | window scale << 4 | the flags below
// Word 3 is free: a row must have an even number of words for the doubles below.
export const ISS = 4;
export const IRS = 5;
export const MSS_WND = 6; // mss << 16 | wnd
export const TS_RECENT = 7;
export const TS_OFFSET = 8;
export const TS_FIRST = 9; // TSval of the first SYN/ACK
export const TIMER_PREV = 10;
export const TIMER_NEXT = 11;
export const AGE_PREV = 12;
export const AGE_NEXT = 13;
/** Times in ns, as doubles: `f64[row * STRIDE_F64 + FIELD]`. */
export const STRIDE_F64 = 10;
export const FIRES_AT = 7; // words 14, 15
export const SYNACK_AT = 8; // words 16, 17: the last SYN/ACK, which is also when the timer was armed
export const LIMITED_AT = 9; // words 18, 19: the last answer that the rate limit counts

/** Bits of KEY_FLAGS. */
export const F_USED = 1;
export const F_V6 = 2;
export const F_SACK = 4;
export const F_TS = 8;
export const F_ECN = 0x8000;
/** What of KEY_FLAGS takes part in the key. */
export const KEY_MASK: number = 0xffff0003 | 0;
/** Window scale nibble for "none": a shift is at most 14 (RFC 7323 §2.3). */
export const NO_SCALE = 15;

/** Index of no row. */
export const NIL = -1;

/** The rows, as two views of one buffer. Growing replaces both views: read them afresh after an insertion. */
export class SynRows {
  i32: Int32Array;
  f64: Float64Array;
  capacity: number;

  /** `capacity`: rows to begin with, at least 1. */
  constructor(capacity: number) {
    this.capacity = capacity;
    const buffer = new ArrayBuffer(capacity * STRIDE * 4);
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }

  /** Doubles the rows, keeping the old ones where they are. */
  grow(): void {
    const old = this.i32;
    this.capacity *= 2;
    const buffer = new ArrayBuffer(this.capacity * STRIDE * 4);
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i32.set(old);
  }
}
