import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OptionCursor, optionName } from './option-cursor.ts';
import { ACK, Segment, SYN } from './segment.ts';
import { DecodeStatus } from './status.ts';
import { decodeOptions, encodeOptions, optionsLength } from './tcp-options.ts';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function decode(hex: string, flags = SYN, cut = false) {
  const bytes = bytesOf(hex);
  const seg = Object.assign(new Segment(), { flags });
  const status = decodeOptions(bytes, new DataView(bytes.buffer), 0, bytes.length, seg, cut);
  return { seg, status };
}

function encode(fields: Partial<Segment>) {
  const seg = Object.assign(new Segment(), fields);
  const out = new Uint8Array(40);
  const n = encodeOptions(seg, out, 0);
  expect(n).toBe(optionsLength(seg));
  return Buffer.from(out.subarray(0, n)).toString('hex');
}

describe('encoding writes what Linux writes', () => {
  test('no options: nothing', () => expect(encode({})).toBe(''));

  test('SYN: mss, sackOK, TS, nop, wscale', () => {
    const hex = encode({ mss: 1460, sackPerm: true, tsVal: 0x64, tsEcr: 0, ws: 7 });
    expect(hex).toBe(['020405b4', '0402', '080a0000006400000000', '01', '030307'].join(''));
  });

  test('SYN without timestamps: mss, nop, nop, sackOK, nop, wscale', () => {
    expect(encode({ mss: 1460, sackPerm: true, ws: 7 })).toBe(['020405b4', '0101', '0402', '01', '030307'].join(''));
  });

  test('timestamps alone: nop, nop, TS', () => {
    expect(encode({ tsVal: 0xffffffff, tsEcr: 1 })).toBe('0101080affffffff00000001');
  });

  test('TS and SACK: at most three blocks', () => {
    const seg = new Segment();
    seg.sack.set([1, 2, 3, 4, 5, 6, 7, 8]);
    const hex = encode({ tsVal: 1, tsEcr: 2, sackCount: 4, sack: seg.sack });
    expect(hex).toBe(
      ['0101', '080a0000000100000002', '0101', '051a', '0000000100000002', '0000000300000004', '0000000500000006'].join(
        '',
      ),
    );
  });

  test('Fast Open request and cookie, padded with NOPs', () => {
    expect(encode({ tfoLen: 0 })).toBe('22020101');
    const tfo = new Uint8Array(16);
    tfo.set([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(encode({ mss: 1460, tfoLen: 8, tfo })).toBe(['020405b4', '220a', '0102030405060708', '0101'].join(''));
  });

  test('Fast Open in the experimental form of RFC 6994', () => {
    expect(encode({ tfoLen: 0, tfoKind: 254 })).toBe('fe04f989');
    const tfo = new Uint8Array(16);
    tfo.set([1, 2, 3, 4, 5, 6]);
    expect(encode({ tfoLen: 6, tfoKind: 254, tfo })).toBe(['fe0a', 'f989', '010203040506', '0101'].join(''));
  });
});

describe('decoding', () => {
  test('SYN-only options count only in a SYN', () => {
    const hex = '020405b4 0402 01 030307 010101';
    expect(decode(hex).seg).toMatchObject({ mss: 1460, sackPerm: true, ws: 7 });
    expect(decode(hex, ACK).seg).toMatchObject({ mss: -1, sackPerm: false, ws: -1 });
  });

  test('the last of duplicates wins, as in Linux', () => {
    expect(decode('02040218 020405b4').seg.mss).toBe(1460);
  });

  test('a known kind with a wrong length is skipped', () => {
    const { seg, status } = decode('0203ff 0304ffff 0403ff 0804ffff 0506ffffffff');
    expect(status).toBe(DecodeStatus.Ok);
    expect(seg).toMatchObject({ mss: -1, ws: -1, sackPerm: false, tsVal: -1, sackCount: 0 });
  });

  test('nothing counts after end of list', () => {
    expect(decode('00 020405b4 000000').seg.mss).toBe(-1);
  });

  test('Fast Open: kind 34, and the experimental kinds with magic F989', () => {
    expect(decode('2202 0101').seg.tfoLen).toBe(0);
    const { seg } = decode('2206 aabbccdd');
    expect([seg.tfoLen, ...seg.tfo.subarray(0, 4)]).toEqual([4, 0xaa, 0xbb, 0xcc, 0xdd]);
    expect(decode('fe04 f989').seg.tfoLen).toBe(0);
    expect(decode('fe08 f989 aabbccdd').seg.tfoLen).toBe(4);
    expect(decode('ff04 f989').seg).toMatchObject({ tfoLen: 0, tfoKind: 255 });
    expect(decode('2202 0101 fe04 f989').seg.tfoKind).toBe(254); // the last wins
    expect(decode('fe04 f989 2202 0101').seg.tfoKind).toBe(34);
    expect(decode('fe04 f988').seg.tfoLen).toBe(-1);
    expect(decode('2205 aabbcc').seg.tfoLen).toBe(-1); // odd: to be ignored
    expect(decode('2204 aabb').seg.tfoLen).toBe(-1); // below 4
    expect(decode(`2214${'11'.repeat(18)}`).seg.tfoLen).toBe(-1); // above 16
  });

  test('four SACK blocks', () => {
    const { seg } = decode(`0101 0522 ${'00000001 80000000'.repeat(4)}`, ACK);
    expect(seg.sackCount).toBe(4);
    expect([...seg.sack]).toEqual([1, 2 ** 31, 1, 2 ** 31, 1, 2 ** 31, 1, 2 ** 31]);
  });

  test('the aligned timestamps of a running connection, and options after them', () => {
    const { seg } = decode('0101 080a fffffffe 00000003 0101 050a 00000005 00000009', ACK);
    expect(seg).toMatchObject({ tsVal: 0xfffffffe, tsEcr: 3, sackCount: 1 });
  });

  test('bad lengths stop the reading and keep what came before', () => {
    for (const tail of ['0300', '0301', '0309', '03']) {
      const { seg, status } = decode(`020405b4${tail}`);
      expect([status, seg.mss, seg.ws], tail).toEqual([DecodeStatus.BadOptionLength, 1460, -1]);
    }
  });

  test('a cut option is missing, not malformed', () => {
    expect(decode('020405b4 0402 080a 0000', SYN, true)).toMatchObject({
      status: DecodeStatus.Truncated,
      seg: { mss: 1460 },
    });
    expect(decode('020405b4 08', SYN, true).status).toBe(DecodeStatus.Truncated);
    expect(decode('020405b4 0800', SYN, true).status).toBe(DecodeStatus.BadOptionLength);
  });
});

describe('OptionCursor', () => {
  const walk = (hex: string) => {
    const bytes = bytesOf(hex);
    const cursor = new OptionCursor();
    const rows: unknown[] = [];
    for (cursor.start(bytes, 0, bytes.length); cursor.next(); ) {
      rows.push([optionName(cursor.kind), cursor.off, cursor.len, cursor.bad]);
    }
    return rows;
  };

  test('walks known and unknown options', () => {
    expect(walk('020405b4 01 4d03aa 1312 00112233445566778899aabbccddeeff 00 ff')).toEqual([
      ['mss', 0, 4, false],
      ['nop', 4, 1, false],
      ['unknown-77', 5, 3, false],
      ['md5', 8, 18, false],
      ['eol', 26, 1, false],
    ]);
  });

  test('reports a malformed option last', () => {
    expect(walk('0402 0300 0101')).toEqual([
      ['sackOK', 0, 2, false],
      ['wscale', 2, 4, true],
    ]);
    expect(walk('1e')).toEqual([['mptcp', 0, 1, true]]);
    expect(walk('1dff00')).toEqual([['tcp-ao', 0, 3, true]]);
  });

  test('any bytes: options tile the list without gaps, and it ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 44 }), (bytes) => {
        const cursor = new OptionCursor();
        let at = 0;
        for (cursor.start(bytes, 0, bytes.length + 5); cursor.next(); at += cursor.len) {
          expect(cursor.off).toBe(at);
          expect(cursor.len).toBeGreaterThan(0);
        }
        expect(at).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
