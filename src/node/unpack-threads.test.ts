import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PcapWriter } from '../capture.ts';
import { CaptureSource } from './capture-source.ts';
import { streamTimeline } from './capture-timeline.ts';
import { UnpackThreads } from './unpack-threads.ts';

/** As it is built: not every Node loads TypeScript into a thread. */
const PROGRAM = fileURLToPath(new URL('../../dist/node/unpack-worker.js', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../shared/captures/', import.meta.url));
const ZSTD = spawnSync('zstd', ['--version']).status === 0;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfopen-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(bytes: Uint8Array): string {
  const path = join(folder, `${files++}`);
  writeFileSync(path, bytes);
  return path;
}

/** Frames of 300 bytes that do not compress, ten a second. */
function pcap(second: number, frames: number): Buffer {
  const writer = new PcapWriter({ linkType: 101 });
  const pieces: Uint8Array[] = [writer.header()];
  for (let i = 0; i < frames; i++) {
    const noise = createHash('shake256', { outputLength: 300 }).update(`${second} ${i}`).digest();
    pieces.push(writer.packet(second + Math.floor(i / 10), i % 10, noise));
  }
  return Buffer.concat(pieces);
}

/** All that a reader can see of the captures: a digest of every frame in order, and what is said of each file. */
async function read(threads: UnpackThreads | undefined, ...paths: string[]): Promise<object> {
  const sources = paths.map((path) => new CaptureSource(path, undefined, threads));
  const digest = createHash('sha256');
  let frames = 0;
  await streamTimeline(sources, (frame) => {
    const { number, ts, linkType, direction, interfaceId, origLen, comment, bytes, off, end } = frame;
    digest.update(`${number} ${ts} ${linkType} ${direction} ${interfaceId} ${origLen} ${comment}`);
    digest.update(bytes.subarray(off, end));
    frames++;
  });
  const said = sources.map(({ failure, note, reader }) => ({
    failure: failure?.message,
    note,
    format: reader.format,
    offset: reader.offset,
    skipped: [...reader.skippedBlocks],
    interfaces: reader.interfaces,
  }));
  return { frames, digest: digest.digest('hex'), said };
}

/** The caller alone, and threads, which take files of any size. */
async function alike(most: number, ...paths: string[]): Promise<void> {
  const threads = new UnpackThreads(most, PROGRAM, 0);
  expect(await read(threads, ...paths)).toEqual(await read(undefined, ...paths));
}

describe('a thread gives what the caller would have read', () => {
  test.skipIf(!existsSync(SHARED))(
    'of real captures',
    async () => {
      const captures = readdirSync(SHARED).filter((name) => /^(Pcap|arkime|packet|tcpdump).*\.pcap(ng)?$/.test(name));
      expect(captures.length).toBeGreaterThan(10);
      for (const name of captures) await alike(1, file(gzipSync(readFileSync(join(SHARED, name)))));
    },
    120_000,
  );

  test('of several files that overlap, with fewer threads than files', async () => {
    const paths = [pcap(1, 300), pcap(10, 300), pcap(500, 300), pcap(2, 1)].map((bytes) => file(gzipSync(bytes)));
    for (const most of [0, 1, 2, 4]) await alike(most, ...paths, file(pcap(5, 100)));
  });

  test('of more than its buffers hold, and twice with the same threads', async () => {
    const path = file(gzipSync(pcap(1, 40_000), { level: 1 }));
    const threads = new UnpackThreads(1, PROGRAM);
    const alone = await read(undefined, path);
    expect(alone).toMatchObject({ frames: 40_000 });
    expect(await read(threads, path)).toEqual(alone);
    expect(await read(threads, path)).toEqual(alone);
  });

  test('of files cut or damaged, within and without', async () => {
    const plain = pcap(1, 2000);
    const packed = gzipSync(plain);
    for (const length of [10, 17, 1000, 300_001, packed.length - 4]) await alike(1, file(packed.subarray(0, length)));
    for (const at of [20, 5003, 263_000, packed.length - 6]) await alike(1, file(flipped(packed, at)));
    // A record of absurd length inside, and the compression damaged a little later: the first is what counts.
    const inside = Buffer.from(plain);
    inside.fill(0xff, 24 + 316 * 1000, 40 + 316 * 1000);
    await alike(1, file(gzipSync(inside)));
    await alike(1, file(flipped(gzipSync(inside), 330_000)));
    await alike(1, file(gzipSync(plain.subarray(0, -100))));
    await alike(1, file(gzipSync(Buffer.from('hello world'))));
    await alike(1, file(gzipSync('')));
  }, 60_000);

  test.skipIf(!ZSTD)('of Zstandard, whole, cut and damaged', async () => {
    const packed = spawnSync('zstd', ['-c'], { input: pcap(1, 2000), maxBuffer: 1 << 26 }).stdout;
    await alike(1, file(packed));
    await alike(1, file(packed.subarray(0, 400_000)));
    await alike(1, file(flipped(packed, 9)));
    await alike(1, file(flipped(packed, 200_000)));
  });
});

describe('no thread', () => {
  const none = join(tmpdir(), 'no program');
  const refuses = (threads: UnpackThreads, path: string): void =>
    expect(threads.unpack(path, 'capture', () => {})).toBe(undefined);

  test('for what is small, no regular file, or not there', () => {
    refuses(new UnpackThreads(1, none), file(gzipSync(pcap(1, 10))));
    refuses(new UnpackThreads(1, none, 0), folder);
    refuses(new UnpackThreads(1, none, 0), '-');
    refuses(new UnpackThreads(1, none, 0), join(folder, 'missing'));
  });

  test('for a plain file', async () => {
    await alikeWithout(file(pcap(1, 10)));
  });

  async function alikeWithout(path: string): Promise<void> {
    expect(await read(new UnpackThreads(1, none, 0), path)).toEqual(await read(undefined, path));
  }
});

describe('a thread that fails', () => {
  const packed = gzipSync(pcap(1, 10));
  const firstHalf = `const bytes = new Uint8Array(${JSON.stringify([...pcap(1, 10).subarray(0, 1000)])});
    parentPort.postMessage({ kind: 'bytes', buffer: bytes.buffer, length: bytes.length });`;

  test.each([
    ['throws', "setTimeout(() => { throw new Error('this went wrong'); }, 0)", 'this went wrong'],
    ['ends too early', '', 'it ended before the file did'],
    ['exits', 'process.exit(3)', 'it ended before the file did'],
  ])('and %s is named in one sentence, after the frames before it', async (_, end, why) => {
    const program = join(folder, 'worker.mjs');
    writeFileSync(program, `import { parentPort } from 'node:worker_threads';\n${firstHalf}\n${end}`);
    const path = file(packed);
    const source = new CaptureSource(path, undefined, new UnpackThreads(1, program, 0));
    await streamTimeline([source], () => {});
    expect(source.reader.frames).toBe(3);
    expect(source.failure?.message).toBe(
      `${path}: the thread that unpacks it failed (${why}): what follows rests on the packets before that`,
    );
  });

  test('to read its file says it as the caller would', async () => {
    const program = join(folder, 'unreadable.mjs');
    const said = { kind: 'unreadable', code: 'EACCES', syscall: 'read' };
    writeFileSync(
      program,
      `import { parentPort } from 'node:worker_threads';\nparentPort.postMessage(${JSON.stringify(said)});`,
    );
    const path = file(packed);
    const source = new CaptureSource(path, undefined, new UnpackThreads(1, program, 0));
    await streamTimeline([source], () => {});
    expect(source.failure?.message).toBe(`${path}: no permission to read it`);
  });
});

test('who stops half-way gets the thread back', async () => {
  const path = file(gzipSync(pcap(1, 20_000), { level: 1 }));
  const threads = new UnpackThreads(1, PROGRAM);
  const source = new CaptureSource(path, undefined, threads);
  const stop = streamTimeline([source], ({ number }) => {
    if (number === 100) throw new Error('the disk is full');
  });
  await expect(stop).rejects.toThrow('the disk is full');
  const again = threads.unpack(path, path, () => {});
  expect(again).not.toBe(undefined);
  await again?.return();
});

function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 0x10;
  return copy;
}
