import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompressed } from './decompress.ts';

/** 200,000 bytes that compress to about half: hex digits of a hash chain. */
const PLAIN = Buffer.from(
  Array.from({ length: 3125 }, (_, i) => createHash('sha256').update(String(i)).digest('hex')).join(''),
);
const EARLY = 'data ends early: what follows rests on the packets before that';

async function run(input: Uint8Array, chunk = 1000): Promise<{ bytes: Buffer; said: string[] }> {
  const said: string[] = [];
  const pieces: Uint8Array[] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < input.length; at += chunk) yield input.subarray(at, at + chunk);
  }
  for await (const piece of decompressed(chunks(), (sentence) => said.push(sentence))) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), said };
}

/** As text, since comparing long strings is quick. */
async function textOf(input: Uint8Array, chunk?: number): Promise<{ text: string; said: string[] }> {
  const { bytes, said } = await run(input, chunk);
  return { text: latin1(bytes), said };
}

const latin1 = (bytes: Buffer): string => bytes.toString('latin1');

test('anything else passes through, however short', async () => {
  for (const length of [0, 1, 3, 17, 18, 5000]) {
    expect(await textOf(PLAIN.subarray(0, length), 7)).toEqual({ text: latin1(PLAIN.subarray(0, length)), said: [] });
  }
});

describe('gzip', () => {
  const packed = gzipSync(PLAIN);
  const SHORT = PLAIN.subarray(0, 5000);

  test('in chunks of one byte', async () => {
    expect(await textOf(gzipSync(SHORT), 1)).toEqual({ text: latin1(SHORT), said: [] });
  });

  test.each([17, 1000, 1 << 20])('in chunks of %i bytes', async (chunk) => {
    expect(await textOf(packed, chunk)).toEqual({ text: latin1(PLAIN), said: [] });
  });

  test('two members are one file (RFC 1952 §2.2)', async () => {
    const both = Buffer.concat([gzipSync(PLAIN.subarray(0, 500)), gzipSync(PLAIN.subarray(500))]);
    expect(await textOf(both)).toEqual({ text: latin1(PLAIN), said: [] });
  });

  test('cut anywhere, what was flushed before is kept and one sentence says so', async () => {
    // Stored blocks: n bytes of input hold all but a few headers' worth of output.
    const stored = gzipSync(PLAIN, { level: constants.Z_NO_COMPRESSION });
    for (let length = 18; length < stored.length; length += 1237) {
      const { bytes, said } = await run(stored.subarray(0, length));
      expect(said).toEqual([`the gzip ${EARLY}`]);
      expect(bytes.equals(PLAIN.subarray(0, bytes.length))).toBe(true);
      expect(bytes.length).toBeGreaterThan(length - 100);
    }
  });

  test('damage in the middle', async () => {
    const broken = Buffer.from(packed);
    broken.fill(0xff, 50_000, 50_100);
    const { bytes, said } = await run(broken);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('the gzip data is damaged');
    expect(bytes.subarray(0, 50_000).equals(PLAIN.subarray(0, 50_000))).toBe(true);
  });
});

const u24 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, value >> 16];
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** A frame by hand (RFC 8878 §3.1.1): window 1 KiB and, after the blocks, no checksum. */
const frame = (...blocks: number[][]): Uint8Array => Uint8Array.from([...ZSTD_MAGIC, 0, 0, ...blocks.flat()]);
const raw = (bytes: Uint8Array, last: boolean): number[] => [...u24((bytes.length << 3) | (last ? 1 : 0)), ...bytes];
const repeated = (byte: number, times: number, last: boolean): number[] => [
  ...u24((times << 3) | 2 | (last ? 1 : 0)),
  byte,
];
const TEXT = Buffer.from(
  Array.from({ length: 12 }, (_, i) => `handshake ${i} of ${i * i}: SYN, SYN/ACK, ACK;`).join(' '),
);
/** What `zstd -19` 1.5 makes of it: one compressed block, content size and checksum. */
const TEXT_PACKED = Buffer.from(
  '28b52ffd64c7000d0300e2c30d11907dac88e3ed09930dfda015f731769d033ffec5fb7f52e52455d021c70c73be2852c6bf' +
    '3307cfb500a08cbe845bedc22b9e77d33c6f19a810a86cd9ef909342eb20649cc42bf9f11878113e3f99cf198cd16c0932f4' +
    '17e41994c0510a6073767b',
  'hex',
);
const SKIPPABLE = Uint8Array.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]);
/** Descriptor 0: window by exponent; 0x90 is 2^28 bytes (RFC 8878 §3.1.1.1.2). */
const HUGE = Buffer.from(`28b52ffd0090${'00'.repeat(20)}`, 'hex');
/** A single segment of 2^28 bytes with a dictionary id of two bytes. */
const HUGE_SEGMENT = Buffer.from(`28b52ffda20102${'00000010'}${'00'.repeat(20)}`, 'hex');
const HUGE_SENTENCE = 'the Zstandard data asks for a window of 268435456 bytes, expected at most 134217728';

describe('Zstandard', () => {
  const stored = frame(raw(PLAIN.subarray(0, 700), false), repeated(0x61, 500, false), raw(PLAIN.subarray(0, 9), true));
  const storedPlain = Buffer.concat([PLAIN.subarray(0, 700), Buffer.alloc(500, 'a'), PLAIN.subarray(0, 9)]);

  test.each([1, 5, 1000])('compressed, stored and repeated blocks, in chunks of %i bytes', async (chunk) => {
    expect(await textOf(TEXT_PACKED, chunk)).toEqual({ text: latin1(TEXT), said: [] });
    expect(await textOf(stored, chunk)).toEqual({ text: latin1(storedPlain), said: [] });
  });

  test.each([1, 7, 1000])('frames, and frames to be skipped, are one file, in chunks of %i bytes', async (chunk) => {
    const all = Buffer.concat([SKIPPABLE, TEXT_PACKED, stored, SKIPPABLE, SKIPPABLE, TEXT_PACKED, SKIPPABLE]);
    expect(await textOf(all, chunk)).toEqual({ text: latin1(Buffer.concat([TEXT, storedPlain, TEXT])), said: [] });
  });

  test('cut: the blocks before are kept', async () => {
    // The first block ends at byte 709, the second at 713.
    for (const [length, there] of [
      [5, 0],
      [708, 0],
      [712, 700],
      [stored.length - 1, 1200],
    ] as const) {
      expect(await textOf(stored.subarray(0, length))).toEqual({
        text: latin1(storedPlain.subarray(0, there)),
        said: [`the Zstandard ${EARLY}`],
      });
    }
  });

  test.each([1, 13, 1000])('a window above 128 MiB is refused in any frame, in chunks of %i bytes', async (chunk) => {
    for (const huge of [HUGE, HUGE_SEGMENT]) {
      expect(await textOf(huge, chunk)).toEqual({ text: '', said: [HUGE_SENTENCE] });
      const later = Buffer.concat([stored, SKIPPABLE, TEXT_PACKED, huge]);
      expect(await textOf(later, chunk)).toEqual({
        text: latin1(Buffer.concat([storedPlain, TEXT])),
        said: [HUGE_SENTENCE],
      });
    }
  });
});

describe('Zstandard made to keep a reader busy', () => {
  const DAMAGED = (why: string): string =>
    `the Zstandard data is damaged (${why}): what follows rests on the packets before that`;
  /** As `frame`, with a window of 128 MiB. */
  const wide = (...blocks: number[][]): Uint8Array => Uint8Array.from([...ZSTD_MAGIC, 0, 0x88, ...blocks.flat()]);

  test('many small blocks under a large window are unpacked at once', async () => {
    const blocks = Array.from({ length: 20_000 }, (_, i) => raw(Uint8Array.of(0x61), i === 19_999));
    expect(await textOf(wide(...blocks))).toEqual({ text: 'a'.repeat(20_000), said: [] });
  });

  test('a block of more than 128 KiB, or than the window, is refused (RFC 8878 §3.1.1.2.4)', async () => {
    const MOST = 1 << 17;
    expect(await textOf(wide(repeated(0x61, MOST, true)))).toEqual({ text: 'a'.repeat(MOST), said: [] });
    const said = [DAMAGED('a block of more than its frame allows')];
    expect(await textOf(wide(repeated(0x61, MOST + 1, true)))).toEqual({ text: '', said });
    // The window of `frame` is 1 KiB.
    expect(await textOf(frame(repeated(0x61, 1024, false), raw(PLAIN.subarray(0, 1025), true)))).toEqual({
      text: 'a'.repeat(1024),
      said,
    });
  });

  test('copies beyond the block, or of what is not there, are refused', async () => {
    // One literal as it is; `count` sequences; each of the three codes is one for all: 0, then the offset's and the length's.
    const copies = (count: number[], offset: number, length: number): number[] => {
      const content = [0x08, 0x61, ...count, 0x54, 0, offset, length, 0xff, 0xff, 0xff, 0xff, 0x80];
      return [...u24((content.length << 3) | 4 | 1), ...content];
    };
    const MOST = [0xff, 0xff, 0xff];
    expect(await textOf(wide(copies(MOST, 0, 52)))).toEqual({
      text: '',
      said: [DAMAGED('a copy of what was never there')],
    });
    // The length is 65,539 and what 16 bits say, here ones: two more than a block may give.
    const said = [DAMAGED('sequences that say more than the block holds')];
    const before = repeated(0x62, 300, false);
    expect(await textOf(wide(before, copies(MOST, 0, 52)))).toEqual({ text: 'b'.repeat(300), said });
  });

  test('what needs a dictionary says so', async () => {
    const needing = Uint8Array.from([...ZSTD_MAGIC, 1, 0, 7, ...raw(PLAIN.subarray(0, 9), true)]);
    expect(await textOf(needing)).toEqual({
      text: '',
      said: ['the Zstandard data needs dictionary 7, and none can be given'],
    });
  });

  test('cut or changed anywhere: one sentence or the right length, never more', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(TEXT_PACKED.length - 1), fc.nat(255)), { maxLength: 3 }),
        fc.nat(TEXT_PACKED.length),
        async (changes, length) => {
          const changed = Buffer.from(TEXT_PACKED);
          for (const [at, value] of changes) changed[at] = value;
          const { bytes, said } = await run(changed.subarray(0, length), 7);
          expect(said.length).toBeLessThanOrEqual(1);
          expect(bytes.length).toBeLessThanOrEqual(1 << 17);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

const zstd = (input: Uint8Array, ...args: string[]) =>
  spawnSync('zstd', ['-q', '-c', ...args], { input, maxBuffer: 1e9 });
const there = zstd(PLAIN).status === 0;
if (!there) console.log('skipped: what the zstd program makes (it is not installed)');

test
  .skipIf(!there)
  .each(['--fast=9', '-1', '-9', '-19', '--ultra -22', '--no-check', '--long=27', '-T2 -B1000', '--rsyncable'])(
  'what zstd %s makes',
  async (levels) => {
    // Numbers, text that comes again, and one byte over and over: literals packed and not, tables old and new, blocks of one byte.
    const mixed = Buffer.concat([
      PLAIN,
      Buffer.alloc(300_000),
      Buffer.from(PLAIN.toString('latin1'), 'hex'),
      TEXT,
      PLAIN,
    ]);
    for (const plain of [PLAIN, TEXT, mixed, Buffer.alloc(0)]) {
      const { bytes, said } = await run(zstd(plain, ...levels.split(' ')).stdout);
      expect([said, bytes.equals(plain)]).toEqual([[], true]);
    }
  },
);

test.skipIf(!there).each([10, 17, 20])('much more than a window of 2^%i bytes', async (log) => {
  // Each piece comes again at once, and the hex digits over and over: copies from near and from the edge of the window.
  const pieces = Array.from({ length: 30 }, (_, i) => PLAIN.subarray(i, 100_000 + i));
  const long = Buffer.concat(pieces.flatMap((piece) => [piece, piece]));
  const { bytes, said } = await run(zstd(long, `--zstd=wlog=${log}`).stdout, 5000);
  expect([said, bytes.equals(long)]).toEqual([[], true]);
});

test.skipIf(!there)('a copy from 40 MB before, within a window of 128 MiB', async () => {
  const far = Buffer.concat([PLAIN, Buffer.alloc(40e6), PLAIN]);
  const packed = zstd(far, '--long=27').stdout;
  // The second one is a copy, or this would be no test of it.
  expect(packed.length).toBeLessThan(0.6 * PLAIN.length);
  const { bytes, said } = await run(packed);
  expect([said, bytes.equals(far)]).toEqual([[], true]);
});
