/**
 * A tap on the road of a flood run, written to a pcapng file while the run goes on: memory holds one slice of the run, the
 * file at most so many packets.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { PcapngWriter } from '../capture/pcapng-writer.ts';
import type { FloodTap, Passage, TapPlace } from '../sim/arena/types.ts';
import type { Nanos } from '../tcp/types.ts';
import { AddressTable } from '../wire/address.ts';
import { HalfopenError } from '../wire/error.ts';
import { encodeIpPacket, ipPacketLength } from '../wire/packet.ts';
import type { Segment } from '../wire/segment.ts';
import { systemReason } from './system-reason.ts';

/** LINKTYPE_RAW: packets begin with their IPv4 header. */
const LINKTYPE_RAW = 101;

/** About 100 MB of SYNs. */
export const MOST_PACKETS = 1_000_000;

export class SegmentTap implements FloodTap {
  readonly place: TapPlace;
  /** Segments that passed, and those of them that are in the file. */
  seen = 0;
  written = 0;
  /** Why the file is not whole; null: it is. The run that is watched goes on. */
  failure: HalfopenError | null = null;
  readonly #path: string;
  /** undefined: standard output. */
  readonly #file: FileHandle | undefined;
  readonly #most: number;
  readonly #writer = new PcapngWriter();
  readonly #addresses = new AddressTable();
  readonly #pieces: Uint8Array[] = [];

  /** Creates the file, or takes standard output for `-`; throws `HalfopenError` when that cannot be. */
  static async create(path: string, place: TapPlace, most: number = MOST_PACKETS): Promise<SegmentTap> {
    try {
      return new SegmentTap(path, place, path === '-' ? undefined : await open(path, 'w'), most);
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  private constructor(path: string, place: TapPlace, file: FileHandle | undefined, most: number) {
    this.place = place;
    this.#path = path;
    this.#file = file;
    this.#most = most;
    this.#pieces.push(
      this.#writer.header('halfopen'),
      this.#writer.addInterface({ linkType: LINKTYPE_RAW, name: place }),
    );
  }

  packet(t: Nanos, seg: Readonly<Segment>, passage: Passage): void {
    // What dies on the road has been seen where it came in; a capture there cannot know its fate.
    if (passage !== 'passed') return;
    this.seen++;
    if (this.written >= this.#most || this.failure !== null) return;
    this.written++;
    const bytes = new Uint8Array(ipPacketLength(seg));
    encodeIpPacket(seg, this.#addresses, bytes, 0);
    const sec = Math.floor(t / 1e9);
    this.#pieces.push(this.#writer.packet(sec, t - sec * 1e9, bytes));
  }

  /** Writes what has come since the last time. To be called between the slices of a run. */
  async flush(): Promise<void> {
    if (this.#pieces.length === 0) return;
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces.length = 0;
    try {
      await (this.#file === undefined ? toStandardOutput(bytes) : this.#file.writeFile(bytes));
    } catch (error) {
      this.failure ??= cannotWrite(this.#path, error);
    }
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#file?.close().catch((error: unknown) => {
      this.failure ??= cannotWrite(this.#path, error);
    });
  }
}

function toStandardOutput(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

function cannotWrite(path: string, error: unknown): HalfopenError {
  return new HalfopenError(`cannot write ${path === '-' ? 'to standard output' : path}: ${systemReason(error)}`);
}
