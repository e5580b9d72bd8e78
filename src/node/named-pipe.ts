/**
 * The bytes that come through a named pipe. Opened without waiting for a writer, and looked at again and again: who waits
 * within open(2) or read(2) cannot be interrupted, and keeps the process running. What Node has for that is a socket, and
 * sockets are for a few files only (docs/architecture.md).
 */
import { constants, type FileHandle, open } from 'node:fs/promises';
import { pause } from './pause.ts';
import { systemCode } from './system-reason.ts';

/** Ends when the last writer does, or at the signal. A writer that writes nothing may come and go unseen. */
export async function* pipeBytes(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const pipe = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    let piece = new Uint8Array(CHUNK);
    let written = false;
    let wait = LEAST_WAIT;
    while (!signal.aborted) {
      const length = await read(pipe, piece);
      if (length > 0) {
        written = true;
        wait = LEAST_WAIT;
        yield piece.subarray(0, length);
        // The old one belongs to whoever got it.
        piece = new Uint8Array(CHUNK);
        continue;
      }
      // Before the first writer there is nothing to read either, but that is no end.
      if (length === 0 && written) return;
      written = length === SILENT;
      await pause(wait, signal);
      wait = Math.min(2 * wait, MOST_WAIT);
    }
  } finally {
    await pipe.close();
  }
}

/** 0 without a writer, `SILENT` where there is one that has written nothing. */
async function read(pipe: FileHandle, piece: Uint8Array): Promise<number> {
  try {
    return (await pipe.read(piece, 0, piece.length, null)).bytesRead;
  } catch (error) {
    if (systemCode(error) === 'EAGAIN') return SILENT;
    throw error;
  }
}

const SILENT = -1;
/** What Linux keeps in a pipe. */
const CHUNK = 1 << 16;
/** Milliseconds: in the least a pipe of 10 MB/s does not fill up, and the most nobody notices. */
const LEAST_WAIT = 2;
const MOST_WAIT = 100;
