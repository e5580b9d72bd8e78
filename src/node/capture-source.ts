/** One capture, from disk or standard input, compressed or not, read frame by frame in bounded memory. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { CaptureError } from '../capture/error.ts';
import { CaptureReader } from '../capture/reader.ts';
import { Frame } from '../capture/types.ts';
import { HalfopenError } from '../wire/error.ts';
import { decompressed, isCompressed } from './decompress.ts';
import { fileStats } from './file-stats.ts';
import { pipeBytes } from './named-pipe.ts';
import { systemReason } from './system-reason.ts';
import type { UnpackThreads } from './unpack-threads.ts';

/**
 * ```ts
 * const source = new CaptureSource(path);
 * while (source.next() || (await source.fill())) look(source.frame);
 * ```
 * Nothing is thrown for what is wrong with the file: `failure` keeps it, and all frames before it are given.
 */
export class CaptureSource {
  readonly path: string;
  readonly name: string;
  readonly reader: CaptureReader;
  /** The frame read last; valid until the next call. */
  readonly frame: Frame = new Frame();
  /** Why not all of the file could be read, or undefined. */
  failure: HalfopenError | undefined = undefined;
  /** The same for a summary that names the file already; '' when nothing is missing. */
  note = '';
  readonly #input: AsyncIterable<Uint8Array> | undefined;
  readonly #threads: UnpackThreads | undefined;
  #chunks: AsyncGenerator<Uint8Array, void> | undefined = undefined;
  /** A plain file is read without streams, straight into the reader's memory: that saves a copy and a thread's time. */
  #file = -1;
  #ended = false;
  #broken = false;

  /**
   * `input`: the bytes, when they come from somewhere else than the file or standard input. `threads` may unpack the file;
   * what is read does not depend on them.
   */
  constructor(path: string, input?: AsyncIterable<Uint8Array>, threads?: UnpackThreads) {
    this.path = path;
    this.#input = input;
    this.#threads = threads;
    this.name = captureName(path);
    this.reader = new CaptureReader(this.name);
  }

  /** Reads the next frame of what is in memory. False: `fill` first. */
  next(): boolean {
    if (this.#broken) return false;
    try {
      return this.reader.next(this.frame);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      // Damage to the compressed file explains the damage within.
      const nothing = this.reader.frames === 0;
      this.#fail(error, nothing ? error.message.slice(this.name.length + 2) : STOPPED);
      this.#broken = true;
      this.#ended = true;
      return false;
    }
  }

  /** Brings more input until there is a frame, which it then reads; false at the end of the capture. */
  async fill(): Promise<boolean> {
    if (this.#file < 0 && this.#chunks === undefined && !this.#ended) {
      if (this.#input === undefined) this.#file = openPlain(this.path);
      if (this.#file < 0) this.#chunks = this.#open();
    }
    while (!this.#ended) {
      if (!(await this.#more())) {
        this.#ended = true;
        this.reader.end();
      }
      if (this.next()) return true;
    }
    await this.close();
    const { truncated } = this.reader;
    if (truncated !== undefined) {
      this.#fail(new CaptureError(this.name, truncated.offset, truncated.message), truncated.message);
    }
    return false;
  }

  /** The next bytes into the reader; false at the end, or where no more can be read. */
  async #more(): Promise<boolean> {
    try {
      if (this.#file >= 0) {
        const length = readSync(this.#file, this.reader.room(CHUNK));
        this.reader.filled(length);
        return length > 0;
      }
      const next = await this.#chunks?.next();
      if (next === undefined || next.done === true) return false;
      this.reader.push(next.value);
      return true;
    } catch (error) {
      const failure = error instanceof HalfopenError ? error : ioError(this.name, error);
      if (failure === undefined) throw error;
      this.#fail(failure, failure.message.slice(this.name.length + 2));
      // A file that cannot be read is not an empty one.
      if (this.reader.frames === 0) this.#broken = true;
      return false;
    }
  }

  async close(): Promise<void> {
    this.#ended = true;
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
    await this.#chunks?.return();
  }

  #fail(failure: HalfopenError, note: string): void {
    if (this.failure !== undefined) return;
    this.failure = failure;
    this.note = note;
  }

  #open(): AsyncGenerator<Uint8Array, void> {
    const onDamage = (sentence: string): void => {
      this.#fail(new CaptureError(this.name, this.reader.offset, sentence), sentence);
    };
    if (this.#input !== undefined) return decompressed(this.#input, onDamage);
    // A plain file has been opened already.
    const elsewhere = this.#threads?.unpack(this.path, this.name, onDamage);
    return elsewhere ?? decompressed(captureBytes(this.path), onDamage);
  }
}

/** Opens a regular file that is not compressed; -1 for anything else, also for what cannot be opened. */
function openPlain(path: string): number {
  if (path === '-' || fileStats(path)?.isFile() !== true) return -1;
  let file = -1;
  try {
    file = openSync(path, 'r');
    const first = new Uint8Array(4);
    readSync(file, first, 0, first.length, 0);
    if (!isCompressed(first)) return file;
  } catch {
    // The stream finds the same, and says it.
  }
  if (file >= 0) closeSync(file);
  return -1;
}

/**
 * The bytes of a file, or of standard input for `-`. Nothing is opened before the first of them is asked for. With a `signal` a
 * named pipe that is silent can be let go of; without, one that is closed before anything is written is an empty file.
 */
export async function* captureBytes(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
  // No encoding is set, so chunks are bytes.
  if (path === '-') yield* process.stdin;
  else if (signal !== undefined && fileStats(path)?.isFIFO() === true) yield* pipeBytes(path, signal);
  else yield* createReadStream(path, { highWaterMark: CHUNK });
}

/** How the input is called in messages. */
export function captureName(path: string): string {
  if (path === '') return '""';
  return path === '-' ? 'standard input' : path;
}

/** Node's file errors as one sentence; undefined for any other error. */
function ioError(name: string, error: unknown): HalfopenError | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  switch (error.code) {
    case 'ENOENT':
      return new HalfopenError(`${name}: no such file, expected a pcap or pcapng capture`);
    case 'EISDIR':
      return new HalfopenError(`${name}: is a folder, expected a pcap or pcapng capture`);
    case 'EACCES':
      return new HalfopenError(`${name}: no permission to read it`);
    default:
      return new HalfopenError(`${name}: cannot be read: ${systemReason(error)}`);
  }
}

const STOPPED = 'reading stopped at damage; what follows rests on the packets before it';
/** Larger reads than Node's 64 KiB: fewer trips through the event loop per packet. */
const CHUNK = 1 << 18;
