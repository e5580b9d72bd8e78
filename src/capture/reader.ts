/**
 * Reads a capture of either format from chunks of any size: push bytes in, pull frames out. Memory holds the last
 * chunk and the one record that is not whole yet, never the file.
 */
import { DOUBLE_ZERO } from '../wire/double-zero.ts';
import { CaptureError } from './error.ts';
import { isPcapMagic, PcapParser } from './pcap.ts';
import { Block, PcapngParser } from './pcapng.ts';
import {
  type CaptureInterface,
  type FormatParser,
  Frame,
  type FramesAhead,
  Parsed,
  type Truncation,
  type Window,
} from './types.ts';

/**
 * ```ts
 * const reader = new CaptureReader('a.pcap');
 * for (const chunk of chunks) {
 *   reader.push(chunk);
 *   while (reader.next(frame)) look(frame);
 * }
 * reader.end();
 * while (reader.next(frame)) look(frame);
 * ```
 * The format is told by its magic, never by a name. `next` throws `CaptureError` at the first thing that makes the rest
 * unreadable, and again whenever it is called after that; all frames before it have been given.
 */
export class CaptureReader {
  /** Frames given so far. */
  frames = 0;
  /** Set once the input has ended within a record. */
  truncated: Truncation | undefined = undefined;

  readonly #path: string;
  #parser: FormatParser | undefined = undefined;
  /** One object for all frames: a new one for each cost a tenth of the time that reading takes. */
  readonly #window = new Unread();
  #ended = false;
  #error: CaptureError | undefined = undefined;
  #first: { readonly sec: number; readonly nanos: number } | undefined = undefined;
  #lastSec = 0;
  #lastNanos = 0;
  #lastTs: number = DOUBLE_ZERO;

  /** `path` is only for messages. */
  constructor(path = 'capture') {
    this.#path = path;
  }

  /** The container format, once enough bytes have been seen. */
  get format(): 'pcap' | 'pcapng' | undefined {
    return this.#parser?.format;
  }

  /** Interfaces of the current section. */
  get interfaces(): readonly CaptureInterface[] {
    return this.#parser?.interfaces ?? [];
  }

  /** pcapng blocks that held no packet, counted by name. */
  get skippedBlocks(): ReadonlyMap<string, number> {
    return this.#parser instanceof PcapngParser ? this.#parser.skipped : NOTHING_SKIPPED;
  }

  /** Bytes of the input that have been read as whole records. */
  get offset(): number {
    return this.#window.offset;
  }

  /** Adds input; the chunk is copied. Pull with `next` until it says false before pushing more. */
  push(chunk: Uint8Array): void {
    this.room(chunk.length).set(chunk);
    this.filled(chunk.length);
  }

  /**
   * Room for `length` bytes behind the input so far: read into it, then tell `filled` how many came. As `push` without the
   * copy. The bytes of the last frame are gone with it.
   */
  room(length: number): Uint8Array {
    if (this.#ended) throw new Error('CaptureReader.push after end');
    const w = this.#window;
    const kept = w.end - w.start;
    const need = kept + length;
    if (need > w.bytes.length) {
      // Doubling, so that a big record arriving in small chunks is not copied once per chunk.
      const grown = new Uint8Array(Math.max(need, Math.min(2 * w.bytes.length, need + (1 << 20)), 1 << 16));
      grown.set(w.bytes.subarray(w.start, w.end));
      w.bytes = grown;
      w.view = new DataView(grown.buffer);
      w.start = 0;
    } else if (w.end + length > w.bytes.length) {
      w.bytes.copyWithin(0, w.start, w.end);
      w.start = 0;
    }
    w.end = w.start + kept;
    return w.bytes.subarray(w.end, w.end + length);
  }

  filled(length: number): void {
    this.#window.end += length;
  }

  /** No more input: what is left is the truncated last record. */
  end(): void {
    this.#ended = true;
  }

  /** Fills `frame` with the next frame. False: more input is needed, or all is read. */
  next(frame: Frame): boolean {
    if (this.#error !== undefined) throw this.#error;
    try {
      return this.#next(frame);
    } catch (error) {
      if (error instanceof CaptureError) this.#error = error;
      throw error;
    }
  }

  /** Finds frames that `next` will give without more input, up to `AHEAD`; none where the format does not say it cheaply. */
  lookAhead(ahead: FramesAhead): void {
    ahead.bytes = this.#window.bytes;
    ahead.view = this.#window.view;
    ahead.count = 0;
    this.#parser?.lookAhead(this.#window, ahead);
  }

  #next(frame: Frame): boolean {
    const parser = this.#parser ?? this.#sniff();
    if (parser === undefined) return false;
    const window = this.#window;
    for (;;) {
      if (this.#ended && window.start === window.end) return false;
      const parsed = parser.parse(window, frame);
      if (parsed === Parsed.NeedMore) {
        if (this.#ended) this.#cut(parser);
        return false;
      }
      window.start += parser.length;
      window.offset += parser.length;
      if (parsed === Parsed.Frame) {
        this.#finish(frame);
        return true;
      }
    }
  }

  #finish(frame: Frame): void {
    frame.number = ++this.frames;
    frame.bytes = this.#window.bytes;
    frame.view = this.#window.view;
    if (!frame.timed) {
      frame.tsSec = this.#lastSec;
      frame.tsNanos = this.#lastNanos;
      frame.ts = this.#lastTs;
      return;
    }
    this.#first ??= { sec: frame.tsSec, nanos: frame.tsNanos };
    frame.ts = (frame.tsSec - this.#first.sec) * 1_000_000_000 + (frame.tsNanos - this.#first.nanos);
    this.#lastSec = frame.tsSec;
    this.#lastNanos = frame.tsNanos;
    this.#lastTs = frame.ts;
  }

  #sniff(): FormatParser | undefined {
    const there = this.#window.end - this.#window.start;
    if (there < 4) {
      if (!this.#ended) return undefined;
      const found = there === 0 ? 'the file is empty' : `the file has only ${there} ${there === 1 ? 'byte' : 'bytes'}`;
      throw new CaptureError(this.#path, 0, `not a capture: ${found}, expected pcap or pcapng magic`);
    }
    const word = this.#window.view.getUint32(this.#window.start, false);
    if (isPcapMagic(word)) this.#parser = new PcapParser(this.#path);
    else if (word === Block.Section) this.#parser = new PcapngParser(this.#path);
    else {
      const found = describeStart(this.#window.bytes.subarray(this.#window.start, this.#window.start + 4), word);
      throw new CaptureError(this.#path, 0, `not a capture: it begins with ${found}, expected pcap or pcapng magic`);
    }
    return this.#parser;
  }

  #cut(parser: FormatParser): void {
    const there = this.#window.end - this.#window.start;
    const needs = parser.length;
    if (this.#window.offset === 0) {
      throw new CaptureError(
        this.#path,
        0,
        `the file ends within the ${parser.format} ${parser.format === 'pcap' ? 'file header' : 'section header'}: ${there} bytes of ${needs}`,
      );
    }
    this.truncated ??= {
      offset: this.#window.offset,
      message: `the file ends within the ${parser.what} at byte ${this.#window.offset}: ${there} bytes of ${needs}, ${needs - there} missing`,
    };
  }
}

class Unread implements Window {
  bytes = new Uint8Array(0);
  view = new DataView(this.bytes.buffer);
  start = 0;
  end = 0;
  offset = 0;
}

/** All of a capture that is already in memory. The same `Frame` is yielded each time. */
export function* readFrames(bytes: Uint8Array, reader: CaptureReader = new CaptureReader()): Generator<Frame, void> {
  const frame = new Frame();
  for (let at = 0; at < bytes.length; at += SLICE) {
    reader.push(bytes.subarray(at, at + SLICE));
    while (reader.next(frame)) yield frame;
  }
  reader.end();
  while (reader.next(frame)) yield frame;
}

/** Names what people mistake for a capture most often; otherwise shows the bytes. */
function describeStart(first: Uint8Array, word: number): string {
  if (word >>> 16 === 0x1f8b) return 'gzip magic (decompress it first)';
  if (word === 0x28b52ffd) return 'Zstandard magic (decompress it first)';
  if (word === 0x504b0304) return 'zip magic (unpack it first)';
  if (word === 0x736e6f6f) return 'snoop magic (convert it to pcap first)';
  const hex = Array.from(first, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const printable = first.every((byte) => byte >= 0x20 && byte < 0x7f);
  return printable ? `the text '${String.fromCharCode(...first)}'` : `the bytes ${hex}`;
}

const SLICE = 1 << 16;
const NOTHING_SKIPPED: ReadonlyMap<string, number> = new Map();
