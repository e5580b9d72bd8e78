import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, gzipSync } from 'node:zlib';
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

const zstd = (input: Uint8Array, ...args: string[]) =>
  spawnSync('zstd', ['-q', '-c', ...args], { input, maxBuffer: 1e9 });
const there = zstd(PLAIN).status === 0;
if (!there) console.log('skipped: what the zstd program makes (it is not installed)');

test.skipIf(!there).each(['-1', '-19', '--no-check', '--long=27'])('what zstd %s makes', async (level) => {
  expect(await textOf(zstd(PLAIN, level).stdout)).toEqual({ text: latin1(PLAIN), said: [] });
});
