import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureError, CaptureReader, Frame, PcapngWriter, readFrames } from '../capture.ts';
import { nanosWords, TimeUnit } from './time.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** Section header and interface, big-endian, by hand from draft-ietf-opsawg-pcapng §4.1 and §4.2. */
const BIG_SECTION = [
  ...[0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0],
  ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 28],
];
const BIG_INTERFACE = [
  ...[0, 0, 0, 1, 0, 0, 0, 52, 0, 101, 0, 0, 0, 0, 0, 2], // raw IP, snapshot length 2
  ...[0, 2, 0, 3, 0x65, 0x6e, 0x30, 0], // if_name 'en0'
  ...[0, 9, 0, 1, 0x83, 0, 0, 0], // if_tsresol 2^-3
  ...[0, 14, 0, 8, 0, 0, 0, 0, 0, 0, 0, 100], // if_tsoffset 100 s
  ...[0, 0, 0, 0, 0, 0, 0, 52],
];
/** 2^32 + 12 eighths of a second: 536,870,913.5 s, + 100 s. */
const BIG_ENHANCED = [
  ...[0, 0, 0, 6, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0, 2, 0, 0, 0, 9],
  ...[0x45, 0x46, 0, 0, 0, 1, 0, 2, 0x68, 0x69, 0, 0, 0, 0, 0, 44], // 2 bytes, comment 'hi', no end of options
];
const BIG_SIMPLE = [0, 0, 0, 3, 0, 0, 0, 20, 0, 0, 0, 40, 0x60, 0x61, 0, 0, 0, 0, 0, 20];
const LITTLE_SECTION = [
  ...[0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0],
  ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 28, 0, 0, 0],
];
const LITTLE_INTERFACE = [1, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0];
/** Obsolete packet block: 16-bit interface and drop count; 1,000,001 us. */
const LITTLE_OBSOLETE = [
  ...[2, 0, 0, 0, 36, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0x41, 0x42, 0x0f, 0, 1, 0, 0, 0, 1, 0, 0, 0],
  ...[0x77, 0, 0, 0, 36, 0, 0, 0],
];
const LITTLE_STATISTICS = [5, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0];
const LITTLE_UNKNOWN = [0x34, 0x12, 0, 0, 12, 0, 0, 0, 12, 0, 0, 0];

describe('pcapng', () => {
  test('two sections of different byte order, all three packet blocks, others counted', () => {
    const file = Uint8Array.from([
      ...[...BIG_SECTION, ...BIG_INTERFACE, ...BIG_ENHANCED, ...BIG_SIMPLE],
      ...[...LITTLE_SECTION, ...LITTLE_STATISTICS, ...LITTLE_INTERFACE, ...LITTLE_UNKNOWN, ...LITTLE_OBSOLETE],
      ...LITTLE_UNKNOWN,
    ]);
    const reader = new CaptureReader('x');
    const got: unknown[] = [];
    for (const f of readFrames(file, reader)) {
      const bytes = [...f.bytes.subarray(f.off, f.end)];
      got.push([f.tsSec, f.tsNanos, f.ts, f.timed, f.linkType, f.origLen, bytes, f.comment]);
      if (f.number === 1) {
        expect(reader.interfaces).toMatchObject([{ name: 'en0', linkType: 101, snapLen: 2, resolution: '2^-3 s' }]);
      }
    }
    const first = 2 ** 29 + 101;
    expect(got).toEqual([
      [first, 500_000_000, 0, true, 101, 9, [0x45, 0x46], 'hi'],
      [first, 500_000_000, 0, false, 101, 40, [0x60, 0x61], ''],
      [1, 1000, (1 - first) * 1e9 + 1000 - 500_000_000, true, 1, 1, [0x77], ''],
    ]);
    expect([...reader.skippedBlocks]).toEqual([
      ['interface statistics block', 1],
      ['block of type 0x00001234', 2],
    ]);
  });

  test('packet flags tell the direction: bits 0 and 1 of the option (§4.3.1); whoever says nothing says 0', () => {
    const flagged = (flags: number) => [
      ...[6, 0, 0, 0, 44, 0, 0, 0, ...zeros(20), 2, 0, 4, 0, flags, 0, 0, 0xff, 0, 0, 0, 0, 44, 0, 0, 0],
    ];
    const simple = [3, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0];
    const blocks = [flagged(1), flagged(2), flagged(2), LITTLE_OBSOLETE, flagged(0xfd), simple, flagged(3), flagged(0)];
    const file = Uint8Array.from([...LITTLE_SECTION, ...LITTLE_INTERFACE, ...blocks.flat()]);
    expect(Array.from(readFrames(file), (frame) => frame.direction)).toEqual([1, 2, 2, 0, 1, 0, 0, 0]);
  });

  test.each([
    ['a length of 0', [6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'claims a length of 0,'],
    ['a length that is no multiple of 4', [6, 0, 0, 0, 35, 0, 0, 0, 0, 0, 0, 0], 'claims a length of 35,'],
    ['4 GiB', [9, 9, 9, 9, 0xfc, 0xff, 0xff, 0xff, 0, 0, 0, 0], 'claims a length of 4294967292,'],
    ['two lengths that differ', [9, 0, 0, 0, 12, 0, 0, 0, 16, 0, 0, 0], 'begins with length 12 and ends with 16'],
    ['an undeclared interface', [6, 0, 0, 0, 32, 0, 0, 0, 7, ...zeros(19), 32, 0, 0, 0], 'is of interface 7, but'],
    ['data beyond the block', [6, 0, 0, 0, 32, 0, 0, 0, ...zeros(12), 1, ...zeros(7), 32, 0, 0, 0], 'has room for 0'],
  ])('a block with %s is refused with its offset; packets before it stay', (_name, block, sentence) => {
    const before = [...LITTLE_SECTION, ...LITTLE_INTERFACE, ...LITTLE_OBSOLETE];
    const reader = new CaptureReader('x');
    const frame = new Frame();
    reader.push(Uint8Array.from([...before, ...block]));
    expect(reader.next(frame)).toBe(true);
    expect(() => reader.next(frame)).toThrow(CaptureError);
    expect(() => reader.next(frame)).toThrow(`x: damaged at byte ${before.length}: the `);
    expect(() => reader.next(frame)).toThrow(sentence);
  });

  test('a cut last block', () => {
    const before = [...LITTLE_SECTION, ...LITTLE_INTERFACE];
    const reader = new CaptureReader('x');
    const file = Uint8Array.from([...before, ...LITTLE_OBSOLETE, ...LITTLE_OBSOLETE.slice(0, 14)]);
    expect([...readFrames(file, reader)].length).toBe(1);
    expect(reader.truncated).toEqual({
      offset: before.length + 36,
      message: `the file ends within the packet block at byte ${before.length + 36}: 14 bytes of 36, 22 missing`,
    });
  });

  test('of an interface with a name of 60,000 bytes 256 are kept: a section may have 65,536 interfaces', () => {
    const writer = new PcapngWriter();
    const reader = new CaptureReader('x');
    for (const piece of [writer.header('t'), writer.addInterface({ linkType: 101, name: 'e'.repeat(60_000) })]) {
      reader.push(piece);
      while (reader.next(new Frame()));
    }
    expect(reader.interfaces.map(({ name }) => name)).toEqual(['e'.repeat(256)]);
  });

  test('writer: round trip with several interfaces, exact times and comments', () => {
    const packet = fc.record({
      sec: fc.integer({ min: 0, max: 0xffffffff }),
      nanos: fc.integer({ min: 0, max: 999_999_999 }),
      bytes: fc.uint8Array({ maxLength: 120 }),
      interfaceId: fc.integer({ min: 0, max: 2 }),
      comment: fc.string({ unit: 'grapheme', maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 15 }), (packets) => {
        const writer = new PcapngWriter();
        const pieces = [writer.header('test'), writer.addInterface({ linkType: 101, name: 'Zürich ⇄ 東京' })];
        pieces.push(writer.addInterface({ linkType: 1 }), writer.addInterface({ linkType: 276, snapLen: 96 }));
        for (const { sec, nanos, bytes, interfaceId, comment } of packets) {
          pieces.push(writer.packet(sec, nanos, bytes, { interfaceId, comment, origLen: 200 }));
        }
        const reader = new CaptureReader('x');
        const frame = new Frame();
        const got: unknown[] = [];
        for (const piece of pieces) {
          reader.push(piece);
          while (reader.next(frame)) {
            const { tsSec: sec, tsNanos: nanos, interfaceId, comment, linkType } = frame;
            const bytes = frame.bytes.slice(frame.off, frame.end);
            got.push({ sec, nanos, bytes, interfaceId, comment, linkType });
          }
        }
        expect(got).toEqual(packets.map((p) => ({ ...p, linkType: [101, 1, 276][p.interfaceId] })));
        expect(reader.interfaces.map((i) => i.name)).toEqual(['Zürich ⇄ 東京', '', '']);
      }),
    );
  });

  test('writer: one packet, by hand', () => {
    const writer = new PcapngWriter();
    writer.addInterface({ linkType: 101 });
    // 1,000,000,001 ns = 0x3b9aca01
    expect([...writer.packet(1, 1, Uint8Array.of(0x45))]).toEqual([
      ...[6, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0xca, 0x9a, 0x3b, 1, 0, 0, 0, 1, 0, 0, 0],
      ...[0x45, 0, 0, 0, 36, 0, 0, 0],
    ]);
  });
});

describe('times', () => {
  test('every resolution equals the BigInt oracle', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), word, word, (tsresol, high, low) => {
        const into = { tsSec: 0, tsNanos: 0 };
        new TimeUnit(tsresol, 0).convert(high, low, into);
        const rate = (tsresol & 0x80 ? 2n : 10n) ** BigInt(tsresol & 0x7f);
        const units = (BigInt(high) << 32n) | BigInt(low);
        expect(into.tsSec).toBe(Number(units / rate));
        expect(into.tsNanos).toBe(Number(((units % rate) * 1_000_000_000n) / rate));
      }),
      { numRuns: 2000 },
    );
  });

  test('nanosWords equals the BigInt oracle', () => {
    const nanos = fc.integer({ min: 0, max: 999_999_999 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), nanos, (sec, ns) => {
        const [high, low] = nanosWords(sec, ns);
        expect((BigInt(high) << 32n) | BigInt(low)).toBe(BigInt(sec) * 1_000_000_000n + BigInt(ns));
      }),
    );
  });
});

test('UTF-8 equals TextEncoder and TextDecoder where text is valid, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(encodeUtf8(text)).toEqual(bytes);
      expect(decodeUtf8(bytes, 0, bytes.length)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeUtf8(bytes, 0, bytes.length)));
  const long = new TextEncoder().encode('aß東𝄞'.repeat(3000));
  expect(decodeUtf8(long, 0, long.length)).toBe('aß東𝄞'.repeat(3000));
});

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}
