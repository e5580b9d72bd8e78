/**
 * pcap files (draft-ietf-opsawg-pcap; libpcap savefile.c and sf-pcap.c): a 24-byte header, then records. Both byte
 * orders, micro- and nanoseconds, and the "modified" variant of old Linux patches with its 24-byte record header.
 */
import { Direction } from '../wire/direction.ts';
import { CaptureError } from './error.ts';
import {
  AHEAD,
  type CaptureInterface,
  type FormatParser,
  type Frame,
  type FramesAhead,
  MAX_RECORD,
  Parsed,
  type Window,
} from './types.ts';

/** Magic numbers as read in big-endian order, when the file is big-endian; swapped they mean little-endian. */
export const MAGIC_MICRO = 0xa1b2c3d4;
export const MAGIC_NANO = 0xa1b23c4d;
const MAGIC_MODIFIED = 0xa1b2cd34;

const HEADER_LENGTH = 24;
const RECORD_HEADER_LENGTH = 16;
/** Interface index, protocol and packet type follow the usual record header in the modified format. */
const MODIFIED_RECORD_HEADER_LENGTH = 24;
/** libpcap's MAXIMUM_SNAPLEN: a record may be this long even when the header declares a smaller snapshot length. */
const MAX_SNAPLEN = 262_144;

/** Is this the first word of a pcap file, read big-endian? */
export function isPcapMagic(word: number): boolean {
  const swapped = swap32(word);
  return isBigEndianMagic(word) || isBigEndianMagic(swapped);
}

export class PcapParser implements FormatParser {
  readonly format = 'pcap';
  readonly interfaces: CaptureInterface[] = [];
  length = 0;
  what = 'file header';

  readonly #path: string;
  #headerDone = false;
  #little = false;
  #nanos = false;
  #minor = 4;
  #snapLen = 0;
  #linkType = 0;
  #recordHeader = RECORD_HEADER_LENGTH;

  constructor(path: string) {
    this.#path = path;
  }

  parse(window: Window, frame: Frame): Parsed {
    if (!this.#headerDone) return this.#header(window);
    const { view, start, offset } = window;
    const there = window.end - start;
    this.what = 'record';
    this.length = this.#recordHeader;
    if (there < this.length) return Parsed.NeedMore;

    const little = this.#little;
    let captured = view.getUint32(start + 8, little);
    let original = view.getUint32(start + 12, little);
    // libpcap sf-pcap.c: before version 2.3 the two lengths stood the other way round; 2.3 files exist in both orders.
    if (this.#minor < 3 || (this.#minor === 3 && captured > original)) [captured, original] = [original, captured];
    // A declared snapshot length is often wrong and then too small, so it only widens the limit.
    const limit = Math.min(MAX_RECORD, Math.max(this.#snapLen, MAX_SNAPLEN));
    if (captured > limit) {
      throw new CaptureError(
        this.#path,
        offset,
        `damaged at byte ${offset}: the record claims ${captured} captured bytes, expected at most ${limit}`,
      );
    }
    this.length = this.#recordHeader + captured;
    if (there < this.length) return Parsed.NeedMore;

    const fraction = view.getUint32(start + 4, little);
    // Fractions of a second or more do occur in edited files; the time they mean is still plain.
    const perSecond = this.#nanos ? 1_000_000_000 : 1_000_000;
    const carry = Math.floor(fraction / perSecond);
    frame.tsSec = view.getUint32(start, little) + carry;
    frame.tsNanos = (fraction - carry * perSecond) * (this.#nanos ? 1 : 1000);
    frame.timed = true;
    frame.linkType = this.#linkType;
    frame.interfaceId = 0;
    frame.off = start + this.#recordHeader;
    frame.end = start + this.length;
    frame.origLen = original;
    frame.comment = '';
    frame.direction = Direction.Unknown;
    return Parsed.Frame;
  }

  lookAhead({ view, start, end }: Window, ahead: FramesAhead): void {
    ahead.linkType = this.#linkType;
    ahead.count = 0;
    if (this.#minor < 4) return;
    const header = this.#recordHeader;
    for (let at = start; ahead.count < AHEAD && end - at >= header; ) {
      const off = at + header;
      const length = view.getUint32(at + 8, this.#little);
      if (length > end - off) return;
      at = off + length;
      ahead.off[ahead.count] = off;
      ahead.end[ahead.count++] = at;
    }
  }

  #header({ view, start, end, offset }: Window): Parsed {
    this.length = HEADER_LENGTH;
    if (end - start < HEADER_LENGTH) return Parsed.NeedMore;
    const word = view.getUint32(start, false);
    this.#little = !isBigEndianMagic(word);
    const magic = this.#little ? swap32(word) : word;
    this.#nanos = magic === MAGIC_NANO;
    if (magic === MAGIC_MODIFIED) this.#recordHeader = MODIFIED_RECORD_HEADER_LENGTH;
    const major = view.getUint16(start + 4, this.#little);
    this.#minor = view.getUint16(start + 6, this.#little);
    if (major !== 2) {
      throw new CaptureError(this.#path, offset, `pcap version ${major}.${this.#minor} at byte 4, expected 2.x`);
    }
    this.#snapLen = view.getUint32(start + 16, this.#little);
    // The upper half of the field holds the frame check sequence length and reserved bits.
    this.#linkType = view.getUint32(start + 20, this.#little) & 0xffff;
    this.interfaces.push({
      linkType: this.#linkType,
      snapLen: this.#snapLen,
      name: '',
      resolution: this.#nanos ? '10^-9 s' : '10^-6 s',
    });
    this.#headerDone = true;
    return Parsed.Skipped;
  }
}

function isBigEndianMagic(word: number): boolean {
  return word === MAGIC_MICRO || word === MAGIC_NANO || word === MAGIC_MODIFIED;
}

function swap32(x: number): number {
  return ((x >>> 24) | ((x >>> 8) & 0xff00) | ((x << 8) & 0xff0000) | (x << 24)) >>> 0;
}
