/** A capture while it is being written: frame by frame from a pipe or a growing file, over the files that replace it. */
import type { Frame } from '../capture/types.ts';
import type { HalfopenError } from '../wire/error.ts';
import { CaptureSource, captureBytes, captureName } from './capture-source.ts';
import { fileStats } from './file-stats.ts';
import { type Followed, followFile } from './follow-file.ts';

export interface LiveOptions {
  /** Ends the reading: what came until then stands. */
  readonly signal: AbortSignal;
  /** Wait for more at the end of a file. A pipe ends when its writer does, in any case. */
  readonly follow: boolean;
  /** When to look for more in a file; see `FollowOptions.wait`. */
  readonly wait?: () => Promise<void>;
  /** Told in a sentence when the file was replaced or truncated, and then read from its beginning. */
  readonly onNote?: (sentence: string) => void;
}

export class LiveCapture {
  readonly path: string;
  readonly name: string;
  /** When the first frame with a time was captured, since the epoch; 0 before that. */
  startSec = 0;
  startNanos = 0;
  /** Why reading ended before the end of the input, or undefined. */
  failure: HalfopenError | undefined = undefined;
  /** 'pcap' or 'pcapng'; '' before that is known. */
  format = '';
  readonly skippedBlocks: Map<string, number> = new Map<string, number>();
  readonly #options: LiveOptions;
  #frames = 0;
  #lastTs = 0;
  #timed = false;

  constructor(path: string, options: LiveOptions) {
    this.path = path;
    this.#options = options;
    this.name = captureName(path);
  }

  /**
   * Hands over each frame, the same object again and again: numbered from 1 and timed from the first one, over all files.
   * `between` is waited for now and then, when what has been read so far is handed over.
   */
  async read(onFrame: (frame: Frame) => void, between: () => Promise<void> = async () => {}): Promise<void> {
    for (;;) {
      const followed: Followed = { end: 'stopped' };
      const source = new CaptureSource(this.path, this.#chunks(followed));
      while (await source.fill()) {
        do {
          this.#place(source.frame);
          onFrame(source.frame);
        } while (source.next());
        await between();
      }
      this.format = source.reader.format ?? this.format;
      for (const [name, blocks] of source.reader.skippedBlocks) {
        this.skippedBlocks.set(name, (this.skippedBlocks.get(name) ?? 0) + blocks);
      }
      // Who stops in the middle of a record has not damaged it.
      if (this.#options.signal.aborted) return;
      if (followed.end === 'stopped') {
        this.failure = source.failure;
        return;
      }
      const cut = source.failure === undefined ? '' : ` (${source.note})`;
      this.#options.onNote?.(`${this.name} was ${followed.end}${cut}: reading it from its beginning`);
    }
  }

  #chunks(followed: Followed): AsyncIterable<Uint8Array> {
    const { signal, wait, follow } = this.#options;
    // A pipe or device cannot be read from a place in it, and ends when its writer does.
    if (follow && this.path !== '-' && fileStats(this.path)?.isFile() !== false)
      return followFile(this.path, followed, { signal, wait });
    return untilAborted(captureBytes(this.path, signal), signal);
  }

  #place(frame: Frame): void {
    frame.number = ++this.#frames;
    if (frame.timed) {
      if (!this.#timed) {
        this.startSec = frame.tsSec;
        this.startNanos = frame.tsNanos;
        this.#timed = true;
      }
      this.#lastTs = (frame.tsSec - this.startSec) * 1_000_000_000 + (frame.tsNanos - this.startNanos);
    }
    frame.ts = this.#lastTs;
  }
}

/** A pipe may be silent for hours: who stops does not wait for its next byte. */
async function* untilAborted(
  chunks: AsyncGenerator<Uint8Array, void>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  let stop = (): void => {};
  signal.addEventListener('abort', () => stop());
  while (!signal.aborted) {
    // No race against one promise for all chunks: that would keep them all until it is settled.
    const next = await new Promise<IteratorResult<Uint8Array, void> | undefined>((resolve, reject) => {
      stop = () => resolve(undefined);
      chunks.next().then(resolve, reject);
    });
    if (next === undefined || next.done) return;
    yield next.value;
  }
}
