/**
 * An output that grows while a capture is read. A file has `.partial` behind its name until it is whole, so that what
 * bears the name asked for is never half a result. Writing waits for the disk or the pipe: nothing piles up in memory,
 * however fast attempts come.
 */
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { HalfopenError } from '../wire/error.ts';
import { systemCode, systemReason } from './system-reason.ts';

export class GrowingOutput {
  /** As the user named it. */
  readonly path: string;
  readonly #fd: number;
  /** What the file is called until it is whole, and then; '' where it is written in place. */
  readonly #partial: string;
  readonly #target: string;
  #text = '';
  #closed = false;

  /** `-` is standard output. Throws a `HalfopenError` when it cannot be opened. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#target = path === '-' ? '' : targetOf(path);
      this.#partial = this.#target === '' ? '' : `${this.#target}.partial`;
      if (path === '-') this.#fd = STDOUT;
      else this.#fd = openSync(this.#partial === '' ? path : this.#partial, 'w');
    } catch (error) {
      throw failure(path, error);
    }
  }

  /** Text is gathered; bytes go out at once, after it. */
  write(piece: string | Uint8Array): void {
    if (typeof piece === 'string') {
      this.#text += piece;
      if (this.#text.length >= ENOUGH) this.#flush();
    } else {
      this.#flush();
      this.#put(piece);
    }
  }

  /** The output is whole. */
  finish(): void {
    this.#flush();
    if (this.#closed || this.#fd === STDOUT) return;
    this.#closed = true;
    try {
      closeSync(this.#fd);
      if (this.#partial !== '') renameSync(this.#partial, this.#target);
    } catch (error) {
      throw failure(this.path, error);
    }
  }

  /** The output will not be whole: nothing of a file stays. Does nothing after `finish`. */
  discard(): void {
    if (this.#closed || this.#fd === STDOUT) return;
    this.#closed = true;
    closeSync(this.#fd);
    if (this.#partial !== '') rmSync(this.#partial, { force: true });
  }

  #flush(): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#put(Buffer.from(text));
  }

  #put(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      try {
        done += writeSync(this.#fd, bytes, done);
      } catch (error) {
        const code = systemCode(error);
        // A pipe that Node has made non-blocking is full: its reader needs time.
        if (code === 'EAGAIN') Atomics.wait(NEVER, 0, 0, A_MOMENT);
        else if (code === 'EPIPE' && this.#fd === STDOUT) throw error;
        else throw failure(this.path, error);
      }
    }
  }
}

/** The file to be replaced at the end, links followed; '' for what is no file, such as /dev/null, a pipe or a terminal. */
function targetOf(path: string): string {
  const before = statSync(path, { throwIfNoEntry: false });
  if (before === undefined) return path;
  if (before.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  if (!before.isFile()) return '';
  // Renaming asks the folder for permission, not the file.
  accessSync(path, constants.W_OK);
  return realpathSync(path);
}

function failure(path: string, error: unknown): HalfopenError {
  const folder = dirname(path);
  const missing = systemCode(error) === 'ENOENT' && statSync(folder, { throwIfNoEntry: false }) === undefined;
  const reason = missing ? `there is no folder ${folder}` : systemReason(error);
  return new HalfopenError(`cannot write ${path === '-' ? 'to standard output' : path}: ${reason}`);
}

const STDOUT = 1;
const ENOUGH = 1 << 16;
const A_MOMENT = 2;
const NEVER: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4));
