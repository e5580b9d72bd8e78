/**
 * pcapng files (draft-ietf-opsawg-pcapng): sections of blocks, each section with its own byte order and interfaces.
 * Packet blocks (enhanced, simple, obsolete) become frames; every other block is skipped and counted by type.
 */
import { Direction } from '../wire/direction.ts';
import { CaptureError } from './error.ts';
import { TimeUnit } from './time.ts';
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
import { decodeUtf8 } from './utf8.ts';

export const Block = {
  Section: 0x0a0d0d0a,
  Interface: 0x00000001,
  ObsoletePacket: 0x00000002,
  SimplePacket: 0x00000003,
  EnhancedPacket: 0x00000006,
} as const;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

const OPT_END = 0;
const OPT_COMMENT = 1;
const EPB_FLAGS = 2;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;

/** Bounds that keep a hostile file from filling memory; no real capture comes near. */
const MAX_INTERFACES = 65_536;
/** Bytes of an interface's name that are kept. */
const MAX_NAME = 256;
const MAX_TYPES = 64;
/** Bytes of an enhanced packet block before the frame. */
const ENHANCED_HEADER = 28;

interface Interface extends CaptureInterface {
  readonly unit: TimeUnit;
}

export class PcapngParser implements FormatParser {
  readonly format = 'pcapng';
  /** Of the current section. */
  readonly interfaces: Interface[] = [];
  length = 0;
  what = 'section header block';
  sections = 0;
  /** Blocks without packets, by name. */
  readonly skipped: Map<string, number> = new Map<string, number>();

  readonly #path: string;
  #little = false;

  constructor(path: string) {
    this.#path = path;
  }

  parse(window: Window, frame: Frame): Parsed {
    const { view, start, offset } = window;
    const there = window.end - start;
    this.length = 12;
    this.what = 'block';
    if (there < 12) return Parsed.NeedMore;
    // The section type reads the same in both orders; its byte-order magic then says how to read the length.
    const isSection = view.getUint32(start, false) === Block.Section;
    if (isSection) this.#byteOrder(view.getUint32(start + 8, false), offset);
    const little = this.#little;
    const type = view.getUint32(start, little);
    this.what = blockName(type);
    const least = LEAST_LENGTH[type] ?? 12;
    const length = view.getUint32(start + 4, little);
    if (length % 4 !== 0 || length < least || length > MAX_RECORD) {
      throw this.#damaged(
        offset,
        `the ${this.what} claims a length of ${length}, expected a multiple of 4 from ${least} to ${MAX_RECORD}`,
      );
    }
    this.length = length;
    if (there < length) return Parsed.NeedMore;
    const trailer = view.getUint32(start + length - 4, little);
    if (trailer !== length) {
      throw this.#damaged(offset, `the ${this.what} begins with length ${length} and ends with ${trailer}`);
    }

    switch (type) {
      case Block.Section:
        return this.#section(window);
      case Block.Interface:
        return this.#interface(window);
      case Block.EnhancedPacket:
        return this.#packet(window, frame, view.getUint32(start + 8, little));
      case Block.ObsoletePacket:
        return this.#packet(window, frame, view.getUint16(start + 8, little));
      case Block.SimplePacket:
        return this.#simplePacket(window, frame);
      default:
        return this.#skip();
    }
  }

  lookAhead({ view, start, end }: Window, ahead: FramesAhead): void {
    const little = this.#little;
    ahead.count = 0;
    for (let at = start; ahead.count < AHEAD && end - at >= ENHANCED_HEADER; ) {
      if (view.getUint32(at, little) !== Block.EnhancedPacket) return;
      const length = view.getUint32(at + 4, little);
      const captured = view.getUint32(at + 20, little);
      const linkType = this.interfaces[view.getUint32(at + 8, little)]?.linkType;
      if (length > end - at || captured + ENHANCED_HEADER > length || linkType === undefined) return;
      if (ahead.count === 0) ahead.linkType = linkType;
      else if (linkType !== ahead.linkType) return;
      ahead.off[ahead.count] = at + ENHANCED_HEADER;
      ahead.end[ahead.count++] = at + ENHANCED_HEADER + captured;
      at += length;
    }
  }

  #byteOrder(magic: number, offset: number): void {
    if (magic === BYTE_ORDER_MAGIC) this.#little = false;
    else if (magic === 0x4d3c2b1a) this.#little = true;
    else {
      throw this.#damaged(
        offset,
        `the section's byte-order magic is 0x${magic.toString(16).padStart(8, '0')}, expected 0x1a2b3c4d in either order`,
      );
    }
  }

  #section({ view, start, offset }: Window): Parsed {
    const major = view.getUint16(start + 12, this.#little);
    const minor = view.getUint16(start + 14, this.#little);
    if (major !== 1) {
      throw new CaptureError(
        this.#path,
        offset,
        `pcapng version ${major}.${minor} at byte ${offset + 12}, expected 1.x`,
      );
    }
    this.sections++;
    this.interfaces.length = 0;
    return Parsed.Skipped;
  }

  #interface({ bytes, view, start, offset }: Window): Parsed {
    if (this.interfaces.length >= MAX_INTERFACES) {
      throw this.#damaged(offset, `the section has more than ${MAX_INTERFACES} interfaces`);
    }
    const little = this.#little;
    let name = '';
    let tsresol = 6; // microseconds where the option is absent
    let tsoffset = 0;
    this.#options(view, start + 16, start + this.length - 4, (code, off, length) => {
      if (code === IF_NAME) name = decodeUtf8(bytes, off, off + Math.min(length, MAX_NAME));
      else if (code === IF_TSRESOL && length >= 1) tsresol = bytes[off]!;
      else if (code === IF_TSOFFSET && length >= 8) {
        const high = view.getInt32(little ? off + 4 : off, little);
        tsoffset = high * 0x1_0000_0000 + view.getUint32(little ? off : off + 4, little);
      }
    });
    const unit = new TimeUnit(tsresol, tsoffset);
    this.interfaces.push({
      linkType: view.getUint16(start + 8, little),
      snapLen: view.getUint32(start + 12, little),
      name,
      resolution: unit.text,
      unit,
    });
    return Parsed.Skipped;
  }

  /** Enhanced and obsolete packet blocks differ only in the width of the interface number. */
  #packet({ bytes, view, start, offset }: Window, frame: Frame, id: number): Parsed {
    const little = this.#little;
    const from = this.#from(id, offset);
    const captured = view.getUint32(start + 20, little);
    const room = this.length - 32;
    if (captured > room) {
      throw this.#damaged(offset, `the ${this.what} claims ${captured} captured bytes but has room for ${room}`);
    }
    from.unit.convert(view.getUint32(start + 12, little), view.getUint32(start + 16, little), frame);
    frame.timed = true;
    frame.linkType = from.linkType;
    frame.interfaceId = id;
    frame.off = start + 28;
    frame.end = frame.off + captured;
    frame.origLen = view.getUint32(start + 24, little);
    frame.comment = '';
    frame.direction = Direction.Unknown;
    const optionsAt = frame.off + ((captured + 3) & ~3);
    const optionsEnd = start + this.length - 4;
    if (optionsAt + 4 <= optionsEnd) {
      this.#options(view, optionsAt, optionsEnd, (code, off, length) => {
        if (code === OPT_COMMENT && frame.comment === '') frame.comment = decodeUtf8(bytes, off, off + length);
        else if (code === EPB_FLAGS && length >= 4) frame.direction = directionOfFlags(view.getUint32(off, little));
      });
    }
    return Parsed.Frame;
  }

  /** Always of the section's first interface; no time; cut to that interface's snapshot length. */
  #simplePacket({ view, start, offset }: Window, frame: Frame): Parsed {
    const from = this.#from(0, offset);
    const original = view.getUint32(start + 8, this.#little);
    const captured = from.snapLen === 0 ? original : Math.min(original, from.snapLen);
    const room = this.length - 16;
    if (captured > room) {
      throw this.#damaged(offset, `the ${this.what} claims ${captured} captured bytes but has room for ${room}`);
    }
    frame.timed = false;
    frame.linkType = from.linkType;
    frame.interfaceId = 0;
    frame.off = start + 12;
    frame.end = frame.off + captured;
    frame.origLen = original;
    frame.comment = '';
    frame.direction = Direction.Unknown;
    return Parsed.Frame;
  }

  #from(id: number, offset: number): Interface {
    const from = this.interfaces[id];
    if (from === undefined) {
      throw this.#damaged(
        offset,
        `the ${this.what} is of interface ${id}, but the section has described ${this.interfaces.length}`,
      );
    }
    return from;
  }

  #skip(): Parsed {
    const known = this.skipped.has(this.what) || this.skipped.size < MAX_TYPES;
    const name = known ? this.what : 'blocks of further types';
    this.skipped.set(name, (this.skipped.get(name) ?? 0) + 1);
    return Parsed.Skipped;
  }

  /** Walks options; one whose length leaves the block ends the walk (the packet itself is sound). */
  #options(view: DataView, from: number, end: number, each: (code: number, off: number, length: number) => void): void {
    let at = from;
    while (at + 4 <= end) {
      const code = view.getUint16(at, this.#little);
      const length = view.getUint16(at + 2, this.#little);
      if (code === OPT_END || at + 4 + length > end) return;
      each(code, at + 4, length);
      at += 4 + ((length + 3) & ~3);
    }
  }

  #damaged(offset: number, what: string): CaptureError {
    return new CaptureError(this.#path, offset, `damaged at byte ${offset}: ${what}`);
  }
}

/** Bits 0-1: 1 inbound, 2 outbound; 3 means nothing. */
function directionOfFlags(flags: number): Direction {
  const direction = flags & 3;
  return direction === Direction.In || direction === Direction.Out ? direction : Direction.Unknown;
}

function blockName(type: number): string {
  return BLOCK_NAMES[type] ?? `block of type 0x${type.toString(16).padStart(8, '0')}`;
}

const BLOCK_NAMES: Readonly<Record<number, string>> = {
  [Block.Section]: 'section header block',
  [Block.Interface]: 'interface description block',
  [Block.ObsoletePacket]: 'packet block',
  [Block.SimplePacket]: 'simple packet block',
  4: 'name resolution block',
  5: 'interface statistics block',
  [Block.EnhancedPacket]: 'enhanced packet block',
  9: 'systemd journal export block',
  10: 'decryption secrets block',
  2989: 'custom block',
  1073744813: 'custom block',
};

/** Shortest legal length of the blocks that are read: fixed fields and the two length words. */
const LEAST_LENGTH: Readonly<Record<number, number>> = {
  [Block.Section]: 28,
  [Block.Interface]: 20,
  [Block.ObsoletePacket]: 32,
  [Block.SimplePacket]: 16,
  [Block.EnhancedPacket]: 32,
};
