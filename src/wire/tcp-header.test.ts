import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACK, AE, CWR, FIN, PSH, RST, resetSegment, Segment, SYN, URG } from './segment.ts';
import { DecodeStatus } from './status.ts';
import { decodeTcp, encodeTcp, tcpHeaderLength, tcpLength } from './tcp-header.ts';

function decode(bytes: Uint8Array, off = 0, end = bytes.length, wireEnd = end) {
  const seg = new Segment();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const status = decodeTcp(bytes, view, off, end, seg, wireEnd);
  return { seg, status };
}

const bytesOf = (...hex: string[]) => Uint8Array.from(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'));

/** A SYN as Linux sends it, field by field. */
const SYN_BYTES = bytesOf(
  '9c40', // source port 40000
  '0050', // destination port 80
  'fffffff0', // sequence number
  '00000000', // acknowledgment number
  'a002', // data offset 10, SYN
  'faf0', // window 64240
  '0000', // checksum, not ours to judge
  '0000', // urgent pointer
  '0204 05b4', // MSS 1460
  '0402', // SACK permitted
  '080a 00000064 00000000', // timestamps 100, 0
  '01', // NOP
  '0303 07', // window scale 7
);

describe('by hand', () => {
  test('a SYN, decoded', () => {
    const { seg, status } = decode(SYN_BYTES);
    expect(status).toBe(DecodeStatus.Ok);
    expect(seg).toMatchObject({ sport: 40000, dport: 80, seq: 0xfffffff0, ack: 0, flags: SYN, wnd: 64240, urg: 0 });
    expect(seg).toMatchObject({
      len: 0,
      mss: 1460,
      sackPerm: true,
      tsVal: 100,
      tsEcr: 0,
      ws: 7,
      sackCount: 0,
      tfoLen: -1,
    });
    expect([seg.rawOptOff, seg.rawOptLen, seg.payloadOff]).toEqual([20, 20, 40]);
  });

  test('the same SYN, encoded from fields', () => {
    const seg = Object.assign(new Segment(), { sport: 40000, dport: 80, seq: 0xfffffff0, flags: SYN, wnd: 64240 });
    Object.assign(seg, { mss: 1460, sackPerm: true, tsVal: 100, tsEcr: 0, ws: 7 });
    const out = new Uint8Array(44).fill(0xaa);
    expect(encodeTcp(seg, out, 2)).toBe(40);
    expect(Buffer.from(out.subarray(2, 42)).toString('hex')).toBe(Buffer.from(SYN_BYTES).toString('hex'));
    expect([out[1], out[42]]).toEqual([0xaa, 0xaa]);
    expect([tcpHeaderLength(seg), tcpLength(seg)]).toEqual([40, 40]);
  });

  test('data with SACK, every flag, urgent pointer and AE', () => {
    const bytes = bytesOf(
      '0050 9c40 80000000 7fffffff',
      '81ff', // data offset 8, reserved 0, AE and all eight flags
      '0000 0000 1234',
      '0101 050a 80000010 80000020', // NOP NOP SACK, one block
      '68656c6c6f', // hello
    );
    const { seg, status } = decode(bytes);
    expect(status).toBe(DecodeStatus.Ok);
    expect(seg).toMatchObject({ seq: 0x80000000, ack: 0x7fffffff, flags: 0x1ff, urg: 0x1234, len: 5, sackCount: 1 });
    expect([...seg.sack.subarray(0, 2)]).toEqual([0x80000010, 0x80000020]);
    expect(Buffer.from(seg.payload.subarray(seg.payloadOff, seg.payloadOff + seg.len)).toString()).toBe('hello');
    const out = new Uint8Array(bytes.length);
    expect(encodeTcp(seg, out, 0)).toBe(bytes.length);
    expect(out).toEqual(bytes);
  });
});

describe('what cannot be right', () => {
  test('data offset below 5: fixed fields are there, no options, no payload', () => {
    const bytes = SYN_BYTES.slice();
    bytes[12] = 0x40;
    const { seg, status } = decode(bytes);
    expect(status).toBe(DecodeStatus.BadDataOffset);
    expect(seg).toMatchObject({ sport: 40000, flags: SYN, len: 0, mss: -1, rawOptLen: 0 });
  });

  test('data offset beyond the segment', () => {
    expect(decode(SYN_BYTES, 0, 36).status).toBe(DecodeStatus.BadDataOffset);
  });

  test('cut by the capture inside the options: what is whole counts, the length is known from IP', () => {
    const { seg, status } = decode(SYN_BYTES, 0, 28, 50);
    expect(status).toBe(DecodeStatus.Truncated);
    expect(seg).toMatchObject({ flags: SYN, mss: 1460, sackPerm: true, tsVal: -1, ws: -1, len: 10, rawOptLen: 8 });
  });

  test.each([
    [0, {}],
    [4, { sport: 40000, dport: 80, seq: 0 }],
    [8, { seq: 0xfffffff0, flags: 0 }],
    [14, { seq: 0xfffffff0, flags: SYN, wnd: 0 }],
    [19, { flags: SYN, wnd: 64240, len: 0, mss: -1 }],
  ])('cut after %i bytes', (end, fields) => {
    const { seg, status } = decode(SYN_BYTES, 0, end, 40);
    expect(status).toBe(DecodeStatus.Truncated);
    expect(seg).toMatchObject(fields);
  });

  test('option lengths 0 and 1, and one beyond the header', () => {
    for (const [at, value] of [
      [21, 0],
      [21, 1],
      [38, 4],
    ] as const) {
      const bytes = SYN_BYTES.slice();
      bytes[at] = value;
      expect(decode(bytes).status, `byte ${at} = ${value}`).toBe(DecodeStatus.BadOptionLength);
    }
  });

  test('a reused segment keeps nothing of its last content', () => {
    const seg = new Segment();
    const view = new DataView(SYN_BYTES.buffer);
    decodeTcp(SYN_BYTES, view, 0, 40, seg);
    const plain = bytesOf('0050 9c40 00000001 00000002 5010 0400 0000 0000');
    decodeTcp(plain, new DataView(plain.buffer), 0, 20, seg);
    expect(seg).toMatchObject({ flags: ACK, mss: -1, ws: -1, sackPerm: false, tsVal: -1, tsEcr: -1, rawOptLen: 0 });
  });
});

const u32 = fc.oneof(fc.nat({ max: 2 ** 32 - 1 }), fc.constantFrom(0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1));
const u16 = fc.nat({ max: 65535 });
const absentOr = (a: fc.Arbitrary<number>) => fc.oneof(fc.constant(-1), a);
const fixed = { sport: u16, dport: u16, seq: u32, ack: u32, wnd: u16, urg: u16 };
const timestamps = fc.oneof(fc.constant([-1, -1]), fc.tuple(u32, u32));

function roundTrip(seg: Segment): Segment {
  const out = new Uint8Array(3 + tcpLength(seg));
  const n = encodeTcp(seg, out, 3);
  expect(n).toBe(tcpLength(seg));
  expect(n - seg.len).toBe(tcpHeaderLength(seg));
  const back = decode(out, 3);
  expect(back.status).toBe(DecodeStatus.Ok);
  const { payload, payloadOff, len } = back.seg;
  expect(payload.subarray(payloadOff, payloadOff + len)).toEqual(
    seg.payload.subarray(seg.payloadOff, seg.payloadOff + seg.len),
  );
  // Encoding what was decoded gives the same bytes.
  const again = new Uint8Array(n);
  encodeTcp(back.seg, again, 0);
  expect(again).toEqual(out.subarray(3));
  return back.seg;
}

const FIELDS = ['sport', 'dport', 'seq', 'ack', 'flags', 'wnd', 'urg', 'len'] as const;
const OPTIONS = ['mss', 'ws', 'sackPerm', 'tsVal', 'tsEcr', 'sackCount', 'tfoLen', 'tfoKind'] as const;
const pick = (seg: Segment) => Object.fromEntries([...FIELDS, ...OPTIONS].map((k) => [k, seg[k]]));

describe('round trips', () => {
  test('SYN segments with every mix of options', () => {
    const cookie = fc.oneof(
      fc.constant(undefined),
      fc.constantFrom(0, 4, 6, 8, 10, 12, 14, 16).chain((n) => fc.uint8Array({ minLength: n, maxLength: n })),
    );
    const syn = fc.record({
      fixed: fc.record(fixed),
      flags: fc.nat({ max: 0x1ff }),
      mss: absentOr(u16),
      ws: absentOr(fc.nat({ max: 255 })),
      sackPerm: fc.boolean(),
      ts: timestamps,
      cookie,
      kind: fc.constantFrom(34, 254, 255),
      data: fc.uint8Array({ maxLength: 200 }),
    });
    fc.assert(
      fc.property(syn, (s) => {
        const seg = Object.assign(new Segment(), s.fixed, { flags: s.flags | SYN, mss: s.mss, ws: s.ws });
        Object.assign(seg, { sackPerm: s.sackPerm, tsVal: s.ts[0], tsEcr: s.ts[1] });
        Object.assign(seg, { payload: s.data, len: s.data.length });
        if (s.cookie) {
          seg.tfoLen = s.cookie.length;
          seg.tfoKind = s.kind;
          seg.tfo.set(s.cookie);
        }
        const back = roundTrip(seg);
        expect(pick(back)).toEqual(pick(seg));
        if (s.cookie) expect(back.tfo.subarray(0, seg.tfoLen)).toEqual(s.cookie);
      }),
      { numRuns: 500 },
    );
  });

  test('other segments with timestamps and as many SACK blocks as fit', () => {
    const flags = fc.constantFrom(ACK, ACK | PSH, ACK | FIN, RST, RST | ACK, ACK | URG, ACK | CWR | AE, 0);
    const other = fc.record({
      fixed: fc.record(fixed),
      flags,
      ts: timestamps,
      sack: fc.array(fc.tuple(u32, u32), { maxLength: 4 }),
      data: fc.uint8Array({ maxLength: 1460 }),
      skip: fc.nat({ max: 5 }),
    });
    fc.assert(
      fc.property(other, (s) => {
        const skip = Math.min(s.skip, s.data.length);
        const seg = Object.assign(new Segment(), s.fixed, { flags: s.flags, tsVal: s.ts[0], tsEcr: s.ts[1] });
        Object.assign(seg, { payload: s.data, payloadOff: skip, len: s.data.length - skip, sackCount: s.sack.length });
        seg.sack.set(s.sack.flat());
        const back = roundTrip(seg);
        // Four blocks and timestamps take 46 bytes: RFC 2018 §3 says three then.
        const fit = seg.tsVal >= 0 ? Math.min(3, seg.sackCount) : seg.sackCount;
        expect(pick(back)).toEqual({ ...pick(seg), sackCount: fit });
        expect(back.sack.subarray(0, 2 * fit)).toEqual(seg.sack.subarray(0, 2 * fit));
      }),
      { numRuns: 500 },
    );
  });

  test('any decodable header comes back byte for byte, but for checksum and reserved bits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 90 }), fc.integer({ min: 5, max: 15 }), (bytes, words) => {
        bytes[12] = (words << 4) | (bytes[12]! & 1);
        bytes[16] = 0;
        bytes[17] = 0;
        const { seg } = decode(bytes);
        const out = new Uint8Array(bytes.length);
        expect(encodeTcp(seg, out, 0)).toBe(bytes.length);
        expect(out).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });
});

test('arbitrary bytes never throw, and lengths stay inside', () => {
  const seg = new Segment();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat({ max: 80 }), fc.nat({ max: 60 }), (bytes, cut, more) => {
      const end = Math.min(cut, bytes.length);
      const status = decodeTcp(
        bytes,
        new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
        0,
        end,
        seg,
        end + more,
      );
      expect(status).toBeGreaterThanOrEqual(0);
      expect(seg.rawOptLen).toBeLessThanOrEqual(40);
      expect(seg.rawOptLen + (seg.rawOptLen > 0 ? 20 : 0)).toBeLessThanOrEqual(end);
      expect(seg.payloadOff + seg.len).toBeLessThanOrEqual(end + more);
      expect(seg.sackCount).toBeLessThanOrEqual(4);
    }),
    { numRuns: 2000 },
  );
});

test('payload bytes that a capture cut off are encoded as zeros', () => {
  const bytes = bytesOf('0001 0002 00000003 00000004 5018 0400 0000 0000', 'aabb');
  const { seg } = decode(bytes, 0, 22, 25);
  expect(seg.len).toBe(5);
  const out = new Uint8Array(25).fill(0xee);
  expect(encodeTcp(seg, out, 0)).toBe(25);
  expect([...out.subarray(20)]).toEqual([0xaa, 0xbb, 0, 0, 0]);
  resetSegment(seg);
  expect(seg.rawOptLen).toBe(-1);
});
