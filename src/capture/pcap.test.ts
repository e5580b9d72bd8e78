import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureError, CaptureReader, Frame, PcapWriter, readFrames } from '../capture.ts';

/** Two records, by hand from draft-ietf-opsawg-pcap §4 and §5: big-endian, microseconds. */
const BIG_MICRO = Uint8Array.from([
  // magic, version 2.4, two reserved words, snapshot length 65535, link type 1
  0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 1,
  // 16 s, 5 us, 3 bytes captured of 60
  0, 0, 0, 16, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 60, 0xaa, 0xbb, 0xcc,
  // 17 s, 999,999 us, 1 byte of 1
  0, 0, 0, 17, 0, 0x0f, 0x42, 0x3f, 0, 0, 0, 1, 0, 0, 0, 1, 0xdd,
]);

/** Little-endian, nanoseconds, Linux cooked; the reserved upper half of the link type field is not zero. */
const LITTLE_NANO = Uint8Array.from([
  0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 113, 0, 0, 0x14, 0x01, 0, 0, 0x80, 7, 0, 0, 0,
  2, 0, 0, 0, 2, 0, 0, 0, 0x11, 0x22,
]);

describe('pcap', () => {
  test('big-endian microseconds, by hand', () => {
    expect(all(BIG_MICRO)).toEqual([
      { number: 1, sec: 16, nanos: 5000, ts: 0, linkType: 1, origLen: 60, bytes: [0xaa, 0xbb, 0xcc], comment: '' },
      {
        number: 2,
        sec: 17,
        nanos: 999_999_000,
        ts: 1_999_994_000,
        linkType: 1,
        origLen: 1,
        bytes: [0xdd],
        comment: '',
      },
    ]);
  });

  test('little-endian nanoseconds; seconds are unsigned, FCS bits are not link type', () => {
    expect(all(LITTLE_NANO)).toEqual([
      { number: 1, sec: 0x80000001, nanos: 7, ts: 0, linkType: 113, origLen: 2, bytes: [0x11, 0x22], comment: '' },
    ]);
  });

  test('a cut last record: everything before it, and a sentence on what is missing', () => {
    const reader = new CaptureReader('a.pcap');
    const frames = [...readFrames(BIG_MICRO.subarray(0, BIG_MICRO.length - 1), reader)].length;
    expect(frames).toBe(1);
    expect(reader.truncated).toEqual({
      offset: 43,
      message: 'the file ends within the record at byte 43: 16 bytes of 17, 1 missing',
    });
  });

  test('a hostile record length is refused with its offset, after the frames before it', () => {
    const bytes = BIG_MICRO.slice();
    bytes.set([0x7f, 0xff, 0xff, 0xff], 43 + 8);
    const reader = new CaptureReader('a.pcap');
    const frame = new Frame();
    reader.push(bytes);
    expect(reader.next(frame)).toBe(true);
    const sentence = 'a.pcap: damaged at byte 43: the record claims 2147483647 captured bytes, expected at most 262144';
    expect(() => reader.next(frame)).toThrow(new CaptureError('a.pcap', 43, sentence.slice(8)));
    expect(() => reader.next(frame)).toThrow(sentence);
  });

  test('what is no capture is said in one sentence', () => {
    const sentence = (bytes: readonly number[]): string => {
      try {
        all(Uint8Array.from(bytes), 'notes.txt');
      } catch (error) {
        if (error instanceof CaptureError) return error.message;
      }
      return '';
    };
    const text = [...'Dear diary'].map((char) => char.charCodeAt(0));
    expect(sentence(text)).toBe(
      "notes.txt: not a capture: it begins with the text 'Dear', expected pcap or pcapng magic",
    );
    expect(sentence([])).toBe('notes.txt: not a capture: the file is empty, expected pcap or pcapng magic');
    expect(sentence([0xa1])).toBe('notes.txt: not a capture: the file has only 1 byte, expected pcap or pcapng magic');
    expect(sentence([0x1f, 0x8b, 8, 0])).toContain('gzip');
    expect(sentence([0xa1, 0xb2, 0xc3, 0xd4, 0, 2])).toBe(
      'notes.txt: the file ends within the pcap file header: 6 bytes of 24',
    );
    expect(sentence([0xa1, 0xb2, 0xc3, 0xd4, 0, 9, 0, 4, ...new Array<number>(16).fill(0)])).toBe(
      'notes.txt: pcap version 9.4 at byte 4, expected 2.x',
    );
  });

  test('round trip of random records, in chunks of any size', () => {
    const record = fc.record({
      sec: fc.integer({ min: 0, max: 0xffffffff }),
      nanos: fc.integer({ min: 0, max: 999_999_999 }),
      bytes: fc.uint8Array({ maxLength: 200 }),
      more: fc.integer({ min: 0, max: 2000 }),
    });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 20 }),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }),
        (records, nanos, cuts) => {
          const writer = new PcapWriter({ linkType: 228, nanos });
          const file = joined([
            writer.header(),
            ...records.map((r) => writer.packet(r.sec, r.nanos, r.bytes, r.bytes.length + r.more)),
          ]);
          const wanted = records.map((r, i) => ({
            number: i + 1,
            sec: r.sec,
            nanos: nanos ? r.nanos : r.nanos - (r.nanos % 1000),
            linkType: 228,
            origLen: r.bytes.length + r.more,
            bytes: [...r.bytes],
            comment: '',
          }));
          const got = inChunks(file, cuts).map(({ ts: _, ...rest }) => rest);
          expect(got).toEqual(wanted);
        },
      ),
    );
  });
});

describe('any input', () => {
  const magics = [
    [0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4],
    [0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0],
    [0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0],
    [],
  ];
  test('arbitrary bytes give frames or a CaptureError, and the same in any chunks', () => {
    const small = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 40 }) }, fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...magics),
        fc.array(small, { maxLength: 200 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 }),
        (magic, rest, cuts) => {
          const file = Uint8Array.from([...magic, ...rest]);
          expect(outcome(() => inChunks(file, cuts))).toEqual(outcome(() => all(file)));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

interface Plain {
  readonly number: number;
  readonly sec: number;
  readonly nanos: number;
  readonly ts: number;
  readonly linkType: number;
  readonly origLen: number;
  readonly bytes: readonly number[];
  readonly comment: string;
}

function plain(frame: Frame): Plain {
  const { number, tsSec: sec, tsNanos: nanos, ts, linkType, origLen, comment } = frame;
  return { number, sec, nanos, ts, linkType, origLen, bytes: [...frame.bytes.subarray(frame.off, frame.end)], comment };
}

function all(file: Uint8Array, path = 'x'): Plain[] {
  return [...mapFrames(readFrames(file, new CaptureReader(path)))];
}

function* mapFrames(frames: Iterable<Frame>): Generator<Plain> {
  for (const frame of frames) yield plain(frame);
}

function inChunks(file: Uint8Array, cuts: readonly number[]): Plain[] {
  const reader = new CaptureReader('x');
  const frame = new Frame();
  const got: Plain[] = [];
  for (let at = 0, i = 0; at < file.length; i++) {
    const size = cuts[i % cuts.length]!;
    const chunk = file.slice(at, at + size);
    reader.push(chunk);
    chunk.fill(0xee); // the reader must have copied it
    at += size;
    while (reader.next(frame)) got.push(plain(frame));
  }
  reader.end();
  while (reader.next(frame)) got.push(plain(frame));
  return got;
}

/** Frames or the sentence; any other exception fails the test. */
function outcome(read: () => Plain[]): Plain[] | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof CaptureError) return error.message;
    throw error;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
