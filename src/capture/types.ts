/** What every capture format gives: frames with their link type and time, whatever the container looked like. */

import { Direction } from '../wire/direction.ts';
import { DOUBLE_ZERO } from '../wire/double-zero.ts';

/**
 * One captured frame; a reader fills the same object again and again. `bytes` and `view` belong to the reader and are
 * valid until its next `next()` or `push()`.
 */
export class Frame {
  /** Position in the file, counted from 1 as in Wireshark. */
  number = 0;
  /** Seconds since the epoch, and nanoseconds 0 .. 999,999,999 within. Apart, because ns since 1970 exceed 2^53. */
  tsSec: number = DOUBLE_ZERO;
  tsNanos = 0;
  /** Nanoseconds since the first frame that has a time; negative where a capture is out of order. */
  ts: number = DOUBLE_ZERO;
  /** False in a pcapng simple packet block, which has no time: `ts` is then that of the frame before. */
  timed = true;
  /** LINKTYPE_ value as registered for pcap: 1 Ethernet, 101 raw IP, 113 Linux cooked … */
  linkType = 0;
  /** Interface within the current pcapng section; 0 for pcap. */
  interfaceId = 0;
  /** The captured bytes: `bytes[off .. end)`. `view` is over the same buffer, so offsets agree. */
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  off = 0;
  end = 0;
  /** Length on the wire; more than `end - off` when the capture was cut to a snapshot length. */
  origLen = 0;
  /** Which way it passed the capturing host, by the flags of a pcapng block: 0 not told, 1 in, 2 out. */
  direction: Direction = Direction.Unknown;
  /** The packet's comment in a pcapng file, else ''. */
  comment = '';
}

/** An interface a capture was made on: one per pcapng interface block, exactly one for pcap. */
export interface CaptureInterface {
  readonly linkType: number;
  /** Longest captured length as declared; 0 = no limit. */
  readonly snapLen: number;
  readonly name: string;
  /** The resolution of its times, as text: '10^-6 s', '2^-20 s'. */
  readonly resolution: string;
}

/** The file ends within a record. */
export interface Truncation {
  /** Where the cut record begins. */
  readonly offset: number;
  /** One sentence that says what is missing. */
  readonly message: string;
}

/**
 * Longest record or block that is read into memory: 64 MiB. Above the largest real snapshot length there is (libpcap
 * allows 128 MiB for D-Bus only, 256 KiB for networks), and small enough that a hostile length cannot exhaust memory.
 */
export const MAX_RECORD: number = 64 * 1024 * 1024;

/** Input seen through a parser: the unread bytes, and where they stand in the file. */
export interface Window {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Unread bytes are `bytes[start .. end)`. */
  readonly start: number;
  readonly end: number;
  /** File offset of `start`. */
  readonly offset: number;
}

/** What a format parser made of the window. `need` more bytes than there are means: come back with more input. */
export const Parsed = { Frame: 0, Skipped: 1, NeedMore: 2 } as const;
export type Parsed = (typeof Parsed)[keyof typeof Parsed];

/** Frames that stand ready behind the one read last: where each begins and ends in the bytes that all of them lie in. */
export class FramesAhead {
  linkType = 0;
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  count = 0;
  readonly off: Int32Array = new Int32Array(AHEAD);
  readonly end: Int32Array = new Int32Array(AHEAD);
}

/** Looked ahead at most: about as many loads from memory as a core has under way at once. */
export const AHEAD = 16;

/** One container format. Throws `CaptureError` when the rest of the file cannot be read. */
export interface FormatParser {
  readonly format: 'pcap' | 'pcapng';
  readonly interfaces: readonly CaptureInterface[];
  /** Length of what the last `parse` looked at, to be consumed (Frame, Skipped) or to be there (NeedMore). */
  readonly length: number;
  /** Finds the whole frames that come next, up to `AHEAD`, as far as that costs next to nothing. Reads none of them. */
  lookAhead(window: Window, ahead: FramesAhead): void;
  /** How a person calls what stands there: 'record', 'file header', 'enhanced packet block'. */
  readonly what: string;
  parse(window: Window, frame: Frame): Parsed;
}
