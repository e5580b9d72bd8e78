/**
 * Writes pcapng (draft-ietf-opsawg-pcapng): one little-endian section, interfaces with nanosecond times, enhanced packet
 * blocks. Pieces come out in the order they are asked for and are to be written in that order.
 */
import { Block, BYTE_ORDER_MAGIC } from './pcapng.ts';
import { nanosWords } from './time.ts';
import { encodeUtf8 } from './utf8.ts';

export interface PcapngInterface {
  /** LINKTYPE_ value of its frames. */
  readonly linkType: number;
  readonly name?: string;
  /** Declared snapshot length; 0, the default, means none. */
  readonly snapLen?: number;
}

export interface PcapngPacket {
  /** Number of the interface, in the order they were added. Default 0. */
  readonly interfaceId?: number;
  /** Length on the wire where it was more than the bytes given. */
  readonly origLen?: number;
  /** Shown by Wireshark beside the packet. Cut to 65,535 bytes of UTF-8. */
  readonly comment?: string;
}

export class PcapngWriter {
  #interfaces = 0;

  /** The section header: once, first. `application` names the writing program in the file. */
  header(application = 'halfopen'): Uint8Array {
    const block = new BlockBuilder(Block.Section, 16 + optionLength(encodeUtf8(application)) + 4);
    block.u32(BYTE_ORDER_MAGIC);
    block.u16(1);
    block.u16(0);
    block.u32(0xffffffff); // section length: not told, as most writers do
    block.u32(0xffffffff);
    block.option(SHB_USERAPPL, encodeUtf8(application));
    block.endOfOptions();
    return block.finish();
  }

  /** Declares the next interface; the first is 0. */
  addInterface(options: PcapngInterface): Uint8Array {
    this.#interfaces++;
    const name = encodeUtf8(options.name ?? '');
    const block = new BlockBuilder(Block.Interface, 8 + (name.length > 0 ? optionLength(name) : 0) + 8 + 4);
    block.u16(options.linkType);
    block.u16(0);
    block.u32(options.snapLen ?? 0);
    if (name.length > 0) block.option(IF_NAME, name);
    block.option(IF_TSRESOL, Uint8Array.of(9));
    block.endOfOptions();
    return block.finish();
  }

  /** One packet. `sec` since the epoch, in 0 .. 2^32 - 1; `nanos` in 0 .. 999,999,999. */
  packet(sec: number, nanos: number, bytes: Uint8Array, options: PcapngPacket = {}): Uint8Array {
    const interfaceId = options.interfaceId ?? 0;
    if (interfaceId >= this.#interfaces) throw new Error(`pcapng: packet of undeclared interface ${interfaceId}`);
    const comment = encodeUtf8(options.comment ?? '').subarray(0, 0xffff);
    const optionsLength = comment.length > 0 ? optionLength(comment) + 4 : 0;
    const block = new BlockBuilder(Block.EnhancedPacket, 20 + pad4(bytes.length) + optionsLength);
    const [high, low] = nanosWords(sec, nanos);
    block.u32(interfaceId);
    block.u32(high);
    block.u32(low);
    block.u32(bytes.length);
    block.u32(options.origLen ?? bytes.length);
    block.bytes(bytes);
    if (comment.length > 0) {
      block.option(OPT_COMMENT, comment);
      block.endOfOptions();
    }
    return block.finish();
  }
}

/** A block of known length, filled from front to back. */
class BlockBuilder {
  readonly #out: Uint8Array;
  readonly #view: DataView;
  #at = 8;

  constructor(type: number, bodyLength: number) {
    this.#out = new Uint8Array(12 + bodyLength);
    this.#view = new DataView(this.#out.buffer);
    this.#view.setUint32(0, type, true);
    this.#view.setUint32(4, this.#out.length, true);
    this.#view.setUint32(8 + bodyLength, this.#out.length, true);
  }

  u16(value: number): void {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  u32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** Bytes padded with zeros to a multiple of four. */
  bytes(bytes: Uint8Array): void {
    this.#out.set(bytes, this.#at);
    this.#at += pad4(bytes.length);
  }

  option(code: number, value: Uint8Array): void {
    this.u16(code);
    this.u16(value.length);
    this.bytes(value);
  }

  endOfOptions(): void {
    this.#at += 4;
  }

  finish(): Uint8Array {
    if (this.#at !== this.#out.length - 4)
      throw new Error(`pcapng: block filled to ${this.#at} of ${this.#out.length}`);
    return this.#out;
  }
}

function pad4(length: number): number {
  return (length + 3) & ~3;
}

function optionLength(value: Uint8Array): number {
  return 4 + pad4(value.length);
}

const SHB_USERAPPL = 4;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const OPT_COMMENT = 1;
