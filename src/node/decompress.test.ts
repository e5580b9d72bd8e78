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

test('anything else passes through, however short', async () => {
  for (const length of [0, 1, 3, 17, 18, 5000]) {
    expect(await run(PLAIN.subarray(0, length), 7)).toEqual({ bytes: PLAIN.subarray(0, length), said: [] });
  }
});

describe('gzip', () => {
  const packed = gzipSync(PLAIN);

  test.each([1, 17, 1000, 1 << 20])('in chunks of %i bytes', async (chunk) => {
    expect(await run(packed, chunk)).toEqual({ bytes: PLAIN, said: [] });
  });

  test('two members are one file (RFC 1952 §2.2)', async () => {
    const both = Buffer.concat([gzipSync(PLAIN.subarray(0, 500)), gzipSync(PLAIN.subarray(500))]);
    expect(await run(both)).toEqual({ bytes: PLAIN, said: [] });
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

const zstd = (input: Uint8Array, ...args: string[]) =>
  spawnSync('zstd', ['-q', '-c', ...args], { input, maxBuffer: 1e9 });
const there = zstd(PLAIN).status === 0;
if (!there) console.log('skipped: Zstandard by the zstd program (it is not installed)');

describe.skipIf(!there)('Zstandard', () => {
  test.each(['-1', '-19', '--no-check', '--long=27'])('zstd %s', async (level) => {
    expect(await run(zstd(PLAIN, level).stdout)).toEqual({ bytes: PLAIN, said: [] });
  });

  test('two frames are one file', async () => {
    const both = Buffer.concat([zstd(PLAIN.subarray(0, 500)).stdout, zstd(PLAIN.subarray(500)).stdout]);
    expect(await run(both)).toEqual({ bytes: PLAIN, said: [] });
  });

  test('cut: the blocks before are kept', async () => {
    const packed = zstd(PLAIN).stdout;
    for (const length of [19, 1000, packed.length - 1000, packed.length - 1]) {
      const { bytes, said } = await run(packed.subarray(0, length));
      expect(said).toEqual([`the Zstandard ${EARLY}`]);
      expect(bytes.equals(PLAIN.subarray(0, bytes.length))).toBe(true);
      if (length > packed.length - 1001) expect(bytes.length).toBeGreaterThanOrEqual(1 << 17);
    }
  });
});

test('a Zstandard window above 128 MiB is refused before it is made', async () => {
  // Descriptor 0: window by exponent; 0x90 is 2^28 bytes (RFC 8878 §3.1.1.1.2).
  const { bytes, said } = await run(Buffer.from(`28b52ffd0090${'00'.repeat(20)}`, 'hex'));
  expect(bytes).toHaveLength(0);
  expect(said).toEqual(['the Zstandard data asks for a window of 268435456 bytes, expected at most 134217728']);
});
