/**
 * Compressed captures unpacked in threads of their own while the caller looks at what they have given: of all that `explain`
 * does, decompressing takes the most time that somebody else can take over (docs/captures.md has the figures).
 */
import { on } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { HalfopenError } from '../wire/error.ts';
import { fileStats } from './file-stats.ts';

/** What a thread says. Bytes come in a buffer of its own, which it wants back: it has few of them. */
export type Unpacked =
  | { readonly kind: 'bytes'; readonly buffer: ArrayBuffer; readonly length: number }
  /** As `decompressed` says it. */
  | { readonly kind: 'damage'; readonly sentence: string }
  /** The file system failed: what the words of an error are made of. */
  | { readonly kind: 'unreadable'; readonly code: string; readonly syscall: string }
  | { readonly kind: 'end' };

/** Bytes come out as from `decompressed`, in the same order and with the same damage, however many threads there are. */
export class UnpackThreads {
  #free: number;
  readonly #program: string;
  readonly #least: number;

  /** `most`: threads at a time. `program` and `least`, the bytes from which on a file is worth a thread, are for tests. */
  constructor(most: number, program: string = PROGRAM, least: number = WORTH_A_THREAD) {
    this.#free = most;
    this.#program = program;
    this.#least = least;
  }

  /**
   * The bytes of a compressed file; each chunk is valid until the next is asked for. Undefined where the caller has to unpack
   * it himself: it is small or no file, or all threads are taken. `name` is for messages.
   */
  unpack(
    path: string,
    name: string,
    onDamage: (sentence: string) => void,
  ): AsyncGenerator<Uint8Array, void> | undefined {
    if (this.#free === 0) return undefined;
    const file = fileStats(path);
    if (file?.isFile() !== true || file.size < this.#least) return undefined;
    this.#free--;
    return this.#unpacked(path, name, onDamage);
  }

  async *#unpacked(path: string, name: string, onDamage: (sentence: string) => void): AsyncGenerator<Uint8Array, void> {
    const worker = new Worker(this.#program, { workerData: path });
    try {
      for await (const [said] of on(worker, 'message', { close: ['exit'] }) as AsyncIterable<[Unpacked]>) {
        switch (said.kind) {
          case 'bytes':
            yield new Uint8Array(said.buffer, 0, said.length);
            worker.postMessage(said.buffer, [said.buffer]);
            break;
          case 'damage':
            onDamage(said.sentence);
            break;
          case 'unreadable':
            throw Object.assign(new Error(said.code), { code: said.code, syscall: said.syscall });
          case 'end':
            return;
        }
      }
      throw new Error('it ended before the file did');
    } catch (error) {
      if (error instanceof Error && 'syscall' in error) throw error;
      // Anything that ends a thread, such as too little memory, comes as its error.
      const why = error instanceof Error ? error.message : String(error);
      throw new HalfopenError(
        `${name}: the thread that unpacks it failed (${why}): what follows rests on the packets before that`,
      );
    } finally {
      await worker.terminate();
      this.#free++;
    }
  }
}

/** Compiled it lies beside this file; not every Node loads TypeScript into a thread. */
const PROGRAM = fileURLToPath(new URL('./unpack-worker.ts', import.meta.url)).replace(/\.ts$/, '.js');
/** Starting a thread would take longer than it saves. */
const WORTH_A_THREAD = 1 << 20;
