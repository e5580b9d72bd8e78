/**
 * Compressed captures: gzip (RFC 1952) by Node's zlib, Zstandard (RFC 8878) by fzstd, which Node 20 lacks; told by their
 * magic, never by a name. Anything else passes through. In steps, so that a bomb costs time but not memory.
 */
import { createGunzip } from 'node:zlib';
import { isZstd, ZstdWindows } from './zstd-windows.ts';

/** The bytes of `chunks`, decompressed. What is cut or damaged ends them: `onDamage` gets one sentence that says so. */
export async function* decompressed(
  chunks: AsyncIterable<Uint8Array>,
  onDamage: (sentence: string) => void,
): AsyncGenerator<Uint8Array, void> {
  const rest = chunks[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < MAGIC_BYTES) {
    const { done, value } = await rest.next();
    if (done) break;
    first = first.length === 0 ? value : Buffer.concat([first, value]);
  }
  const all = rejoin(first, rest);
  if (isGzip(first)) yield* gunzipped(all, onDamage);
  else if (isZstd(first)) yield* unzstded(all, onDamage);
  else yield* all;
}

/** Does a file that begins with these bytes (at least four) go through `decompressed` changed? */
export function isCompressed(first: Uint8Array): boolean {
  return isGzip(first) || isZstd(first);
}

function isGzip(first: Uint8Array): boolean {
  return first[0] === 0x1f && first[1] === 0x8b && first[2] === 8;
}

async function* rejoin(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    if (first.length > 0) yield first;
    for (;;) {
      const { done, value } = await rest.next();
      if (done) return;
      yield value;
    }
  } finally {
    await rest.return?.();
  }
}

async function* gunzipped(
  chunks: AsyncIterable<Uint8Array>,
  onDamage: (sentence: string) => void,
): AsyncGenerator<Uint8Array, void> {
  // Driven by hand: piped, a stream that fails drops what it has decompressed and nobody has read yet.
  const gunzip = createGunzip({ chunkSize: GUNZIPPED });
  const out: Uint8Array[] = [];
  let failure: NodeJS.ErrnoException | undefined;
  const closed = new Promise<void>((resolve) => gunzip.once('close', resolve));
  gunzip.on('data', (piece: Uint8Array) => out.push(piece));
  gunzip.on('error', (error: NodeJS.ErrnoException) => {
    failure = error;
  });
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length && failure === undefined; at += GZIP_STEP) {
        const written = new Promise<void>((resolve) => {
          gunzip.write(chunk.subarray(at, at + GZIP_STEP), () => resolve());
        });
        // A write that meets damage is never called back.
        await Promise.race([written, closed]);
        yield* out.splice(0);
      }
      if (failure !== undefined) break;
    }
    if (failure === undefined) gunzip.end();
    await closed;
    yield* out.splice(0);
  } finally {
    gunzip.destroy();
  }
  if (failure !== undefined) {
    onDamage(failure.code === 'Z_BUF_ERROR' ? cut('gzip') : damaged('gzip', failure.message));
  }
}

async function* unzstded(
  chunks: AsyncIterable<Uint8Array>,
  onDamage: (sentence: string) => void,
): AsyncGenerator<Uint8Array, void> {
  const windows = new ZstdWindows();
  const { Decompress } = await import('fzstd');
  const out: Uint8Array[] = [];
  const zstd = new Decompress((piece) => {
    if (piece.length > 0) out.push(piece);
  });
  const step = (piece: Uint8Array, final: boolean): boolean => {
    const good = windows.see(piece, MAX_ZSTD_WINDOW);
    try {
      zstd.push(piece.subarray(0, good), final);
      if (windows.largest <= MAX_ZSTD_WINDOW) return true;
      onDamage(`the Zstandard data asks for a window of ${windows.largest} bytes, expected at most ${MAX_ZSTD_WINDOW}`);
      return false;
    } catch (error) {
      const { code, message } = error as { readonly code?: number; readonly message: string };
      onDamage(code === ZSTD_UNEXPECTED_END ? cut('Zstandard') : damaged('Zstandard', message));
      return false;
    }
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += ZSTD_STEP) {
      const good = step(chunk.subarray(at, at + ZSTD_STEP), false);
      yield* out.splice(0);
      if (!good) return;
    }
  }
  step(new Uint8Array(0), true);
  yield* out.splice(0);
}

function cut(format: string): string {
  return `the ${format} data ends early: what follows rests on the packets before that`;
}

function damaged(format: string, why: string): string {
  return `the ${format} data is damaged (${why}): what follows rests on the packets before that`;
}

/** Of both formats. */
const MAGIC_BYTES = 4;
/** gzip makes at most 1032 bytes of one: 17 MB a step. */
const GZIP_STEP = 1 << 14;
/** Room for what a usual step gives: with zlib's own 16 KiB, a quarter of the time went into making buffers. */
const GUNZIPPED = 1 << 18;
/** Four bytes of Zstandard can stand for 128 KiB: 32 MiB a step. */
const ZSTD_STEP = 1 << 10;
/** What the zstd program accepts unless told otherwise. */
const MAX_ZSTD_WINDOW = 2 ** 27;
const ZSTD_UNEXPECTED_END = 5;
