/** Reads a small file whole, and a large or endless one no further than the bound. */
import { type FileHandle, open } from 'node:fs/promises';

/** The same as `readBounded`, where `-` is standard input, of which it may be some more. */
export async function readInput(path: string, most: number): Promise<Uint8Array> {
  return path === '-' ? await streamUpTo(process.stdin, most + 1) : await readBounded(path, most);
}

/** What the file holds, or its first `most + 1` bytes: a device or a pipe does not say before how long it is. */
export async function readBounded(path: string, most: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    return await upTo(file, most + 1);
  } finally {
    await file.close();
  }
}

async function streamUpTo(stream: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    pieces.push(piece);
    length += piece.length;
    if (length >= most) break;
  }
  return Buffer.concat(pieces);
}

async function upTo(file: FileHandle, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let left = most; left > 0; ) {
    const piece = new Uint8Array(Math.min(left, PIECE));
    // null: where the last read ended, as pipes need it.
    const { bytesRead } = await file.read(piece, 0, piece.length, null);
    if (bytesRead === 0) break;
    pieces.push(piece.subarray(0, bytesRead));
    left -= bytesRead;
  }
  return Buffer.concat(pieces);
}

const PIECE = 65_536;
