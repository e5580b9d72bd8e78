/**
 * The row of a flow: 104 bytes. First the flow itself, then its two ends. End A is the sender of the first segment, end B
 * the other; who of them is the originator, the bit `FLIPPED` says.
 *
 * Sequence numbers are as on the wire where the name says nothing, and "relative" where they count from the SYN of that
 * end (its first byte is 1), modulo 2^32.
 */

export const STRIDE = 26;

/** Doubles of the flow, in doubles from the start of the row. */
export const FIRST_AT = 0;
export const LAST_AT = 1;

/** Words of the flow. */
export const CODE = 4; // history << 16 | completeness << 8 | the flags below
export const LOSSES = 5; // row of `FlowLosses` + 1, or 0
export const END_A = 6;
export const END_B = 16;

/** Flags of CODE. */
export const FLIPPED = 1; // end B is the originator
export const SEEN_ORIG = 2;
export const SEEN_RESP = 4; // a segment of the originator, of the responder, has been looked at
export const PARTIAL = 8; // begins without a SYN, as far as Zeek can tell
export const CUT = 16; // the history could not grow
export const COMPLETENESS_SHIFT = 8;
export const HISTORY_SHIFT = 16;

/** Words of an end, from its start. The first two are a double: bytes of IP. */
export const IP_BYTES = 0;
export const PACKETS = 2;
export const START = 3; // number of the SYN, or the one before the first byte seen
export const LAST = 4; // one past the last byte seen
export const ACKED = 5; // highest acknowledgment of the other end
export const DELIVERED = 6; // relative: one past the last byte of the stream without a gap, or past a gap given up
export const FIN_END = 7; // relative: one past the FIN
export const RST_AT = 8; // relative: sequence number of the last RST
export const BITS = 9;

/** BITS of an end: state, state before it, flags, letters in its history, and how often LAST and ACKED wrapped. */
export const STATE = 0x7;
export const BEFORE_SHIFT = 3;
export const CLOSED = 0x40; // its FIN or RST came and nothing of its stream is missing
export const FIN_SEEN = 0x80;
export const CLOSING = 0x100; // its FIN or RST came, but bytes before it are missing
export const GIVEN_UP = 0x200; // its stream is no longer followed
export const LETTER_SHIFT = 10; // seven letters, by number of `Letter`
export const LETTERS: number = 0xff << LETTER_SHIFT;
export const LAST_WRAPS_SHIFT = 18;
export const ACKED_WRAPS_SHIFT = 25;
export const WRAPS = 0x7f;
