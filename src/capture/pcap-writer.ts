/** Writes pcap (draft-ietf-opsawg-pcap), little-endian, as pieces to be written one after the other. */
import { MAGIC_MICRO, MAGIC_NANO } from './pcap.ts';

export interface PcapOptions {
  /** LINKTYPE_ value of every frame. */
  readonly linkType: number;
  /** Nanosecond timestamps (the default), or microseconds for old readers: then times are cut, not rounded. */
  readonly nanos?: boolean;
  /** Declared snapshot length; frames are not cut to it. Default 262,144. */
  readonly snapLen?: number;
}

export class PcapWriter {
  readonly #options: PcapOptions;
  readonly #nanos: boolean;

  constructor(options: PcapOptions) {
    this.#options = options;
    this.#nanos = options.nanos ?? true;
  }

  /** The file header: once, first. */
  header(): Uint8Array {
    const out = new Uint8Array(24);
    const view = new DataView(out.buffer);
    view.setUint32(0, this.#nanos ? MAGIC_NANO : MAGIC_MICRO, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, this.#options.snapLen ?? 262_144, true);
    view.setUint32(20, this.#options.linkType, true);
    return out;
  }

  /** One record. `sec` since the epoch, in 0 .. 2^32 - 1; `origLen` where the frame was longer on the wire. */
  packet(sec: number, nanos: number, bytes: Uint8Array, origLen: number = bytes.length): Uint8Array {
    const out = new Uint8Array(16 + bytes.length);
    const view = new DataView(out.buffer);
    view.setUint32(0, sec, true);
    view.setUint32(4, this.#nanos ? nanos : Math.floor(nanos / 1000), true);
    view.setUint32(8, bytes.length, true);
    view.setUint32(12, origLen, true);
    out.set(bytes, 16);
    return out;
  }
}
