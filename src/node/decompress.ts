/**
 * Compressed captures: gzip (RFC 1952) by Node's zlib, Zstandard (RFC 8878) by `zstd/`; told by their magic, never by a name.
 * Anything else passes through. In steps, so that a bomb costs time but not memory.
 */
import { createGunzip } from 'node:zlib';
import { ZstdDamage, ZstdRefusal } from './zstd/damage.ts';
import { isZstd, ZstdDecoder } from './zstd/decoder.ts';

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
  const zstd = new ZstdDecoder();
  try {
    for await (const chunk of chunks) yield* zstd.push(chunk);
  } catch (error) {
    if (error instanceof ZstdDamage) onDamage(damaged('Zstandard', error.message));
    else if (error instanceof ZstdRefusal) onDamage(`the Zstandard data ${error.message}`);
    else throw error;
    return;
  }
  if (!zstd.isWhole) onDamage(cut('Zstandard'));
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
