/** The bytes of a file that is still being written, as `tail -f` gives them: at its end, more is waited for. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { pause } from './pause.ts';

export interface FollowOptions {
  /** Ends the following. */
  readonly signal: AbortSignal;
  /** Called at the end of the file: resolves when it is worth looking again. Default: after 200 ms, or at the signal. */
  readonly wait?: (() => Promise<void>) | undefined;
}

/** How the following of one file ended. */
export interface Followed {
  /** `replaced`: another file bears the name now. `truncated`: the file is shorter than what was read of it. */
  end: 'stopped' | 'replaced' | 'truncated';
}

/** What became of the file stands in `followed` when the chunks are over. Throws Node's errors of opening and reading. */
export async function* followFile(
  path: string,
  followed: Followed,
  options: FollowOptions,
): AsyncGenerator<Uint8Array, void> {
  const { signal } = options;
  const wait = options.wait ?? (() => pause(LOOK_AGAIN, signal));
  const file = await open(path);
  try {
    let at = 0;
    let piece = new Uint8Array(CHUNK);
    while (!signal.aborted) {
      const { bytesRead } = await file.read(piece, 0, CHUNK, at);
      at += bytesRead;
      if (bytesRead > 0) {
        yield piece.subarray(0, bytesRead);
        // The old one belongs to whoever got it.
        piece = new Uint8Array(CHUNK);
        continue;
      }
      const fate = await fateOf(path, file, at);
      if (fate !== undefined) {
        followed.end = fate;
        return;
      }
      await wait();
    }
  } finally {
    await file.close();
  }
}

/** What happened to a file of which `at` bytes were read; undefined: it may still grow, or its name leads nowhere just now. */
async function fateOf(path: string, file: FileHandle, at: number): Promise<'replaced' | 'truncated' | undefined> {
  const ours = await file.stat();
  if (ours.size < at) return 'truncated';
  // More came since the last read: read it first.
  if (ours.size > at) return undefined;
  const named = await stat(path).catch(() => undefined);
  return named !== undefined && (named.ino !== ours.ino || named.dev !== ours.dev) ? 'replaced' : undefined;
}

const LOOK_AGAIN = 200;
const CHUNK = 1 << 18;
