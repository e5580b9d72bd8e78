/** The program of a thread that unpacks one compressed capture into buffers, as they come back empty. See unpack-threads.ts. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { captureBytes } from './capture-source.ts';
import { decompressed } from './decompress.ts';
import type { Unpacked } from './unpack-threads.ts';

async function unpack(path: string): Promise<void> {
  let buffer: ArrayBuffer | undefined;
  let filled = 0;
  const give = (): void => {
    if (buffer !== undefined) say({ kind: 'bytes', buffer, length: filled }, [buffer]);
    buffer = undefined;
    filled = 0;
  };
  const onDamage = (sentence: string): void => {
    // Damage to what is packed is told behind all bytes before it: those may be damaged themselves, and the first counts.
    give();
    say({ kind: 'damage', sentence });
  };
  for await (const piece of decompressed(captureBytes(path), onDamage)) {
    for (let at = 0; at < piece.length; ) {
      buffer ??= await emptyBuffer();
      const part = piece.subarray(at, at + buffer.byteLength - filled);
      new Uint8Array(buffer, filled).set(part);
      filled += part.length;
      at += part.length;
      if (filled === buffer.byteLength) give();
    }
  }
  give();
}

/** All that is ahead of the reader stands in these, so that is bounded. */
async function emptyBuffer(): Promise<ArrayBuffer> {
  while (empty.length === 0) await once(port, 'message');
  return empty.pop()!;
}

function say(what: Unpacked, moved: readonly ArrayBuffer[] = []): void {
  port.postMessage(what, moved);
}

if (parentPort === null) throw new Error('unpack-worker is the program of a thread');
const port = parentPort;
const BUFFERS = 8;
/** Each one wakes the reader, who may have to wait for a core: with a quarter of this he waited longer. */
const BUFFER_BYTES = 1 << 20;
const empty: ArrayBuffer[] = Array.from({ length: BUFFERS }, () => new ArrayBuffer(BUFFER_BYTES));
port.on('message', (back: ArrayBuffer) => empty.push(back));

try {
  await unpack(workerData as string);
} catch (error) {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) throw error;
  say({ kind: 'unreadable', code, syscall });
}
say({ kind: 'end' });
