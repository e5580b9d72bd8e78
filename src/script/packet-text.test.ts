/** Script options to header bytes and back to text; bytes are written down by hand, field by field. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, Segment, SYN, URG } from '../wire/segment.ts';
import type { TcpOption } from './ast.ts';
import { encodeScriptOptions } from './option-bytes.ts';
import { flagsText, optionTexts, packetText, type ScriptNumbers } from './packet-text.ts';
import { parseScript } from './parse.ts';

const same = (value: number): number => value;
const AS_IS = { sack: 0, tsVal: same, tsEcr: same };
const PLAIN: ScriptNumbers = { seq: 0, ack: 0, tsVal: same, tsEcr: same };

function optionsOf(text: string): readonly TcpOption[] {
  const action = parseScript(`0 > . 1:1(0) ack 1 <${text}>`, 't.pkt').events[0]?.action;
  if (action?.kind !== 'packet' || action.options === 'any') throw new Error(text);
  return action.options;
}

/** A segment that came with these option bytes. */
function withOptions(bytes: Uint8Array): Segment {
  const seg = new Segment();
  seg.rawOpt = bytes;
  seg.rawOptLen = bytes.length;
  return seg;
}

const EXAMPLES: [string, number[]][] = [
  ['mss 1460,nop,wscale 8', [2, 4, 0x05, 0xb4, 1, 3, 3, 8]],
  ['mss 1000,sackOK,eol,eol', [2, 4, 0x03, 0xe8, 4, 2, 0, 0]],
  ['sackOK,TS val 305419896 ecr 4294967295', [4, 2, 8, 10, 0x12, 0x34, 0x56, 0x78, 0xff, 0xff, 0xff, 0xff]],
  ['nop,nop,sack 1:256', [1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 1, 0]],
  ['nop,nop,sack 1:2 3:4', [1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]],
  ['FO,nop,nop', [34, 2, 1, 1]],
  ['FO 3021,FOEXP', [34, 4, 0x30, 0x21, 254, 4, 0xf9, 0x89]],
  ['FOEXP 3021b9d8', [254, 8, 0xf9, 0x89, 0x30, 0x21, 0xb9, 0xd8]],
  ['md5 0102', [19, 4, 1, 2]],
  ['ECN e0b 1 ceb 258 e1b 16777215,nop', [172, 11, 0, 0, 1, 0, 1, 2, 0xff, 0xff, 0xff, 1]],
  ['nop,ECN e1b 1,sackOK', [1, 174, 5, 0, 0, 1, 4, 2]],
];

describe('options', () => {
  test.each(EXAMPLES)('%s as bytes, and back', (text, bytes) => {
    expect([...encodeScriptOptions(optionsOf(text), AS_IS)]).toEqual(bytes);
    expect(optionTexts(withOptions(Uint8Array.from(bytes)), PLAIN).join(',')).toBe(text);
  });

  test('numbers of the script become those on the wire, modulo 2^32', () => {
    const numbers = { sack: 0xffff_ffff, tsVal: (value: number) => value + 0x1_0000_0005, tsEcr: () => 7 };
    expect([...encodeScriptOptions(optionsOf('nop,nop,sack 1:2,nop,nop,TS val 1 ecr 2'), numbers)]).toEqual([
      ...[1, 1, 5, 10, 0, 0, 0, 0, 0, 0, 0, 1],
      ...[1, 1, 8, 10, 0, 0, 0, 6, 0, 0, 0, 7],
    ]);
  });

  test('a list that does not fill words is filled with end-of-list, one too long is refused', () => {
    expect([...encodeScriptOptions([{ kind: 'wscale', value: 3 }], AS_IS)]).toEqual([3, 3, 3, 0]);
    const blocks = Array.from({ length: 5 }, () => ({ left: 1, right: 2 }));
    expect(() => encodeScriptOptions([{ kind: 'sack', blocks }], AS_IS)).toThrowError('options of 44 bytes do not fit');
  });

  test('those the language cannot say are shown by their number', () => {
    const text = (...bytes: number[]): string => optionTexts(withOptions(Uint8Array.from(bytes)), PLAIN).join(',');
    expect(text(30, 4, 0x12, 0x34)).toBe('kind-30 0x1234');
    expect(text(2, 3, 7, 1)).toBe('kind-2 0x07,nop');
    expect(text(1, 2, 9, 5)).toBe('nop,kind-2 length 9 0x05');
    expect(text(1, 1, 1, 2)).toBe('nop,nop,nop,kind-2');
    expect(text(254, 4, 1, 2)).toBe('kind-254 0x0102');
    expect(text(0, 0, 7, 0)).toBe('eol,eol,0x07,eol');
  });

  test('whatever the bytes, there is a text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(optionTexts(withOptions(bytes), PLAIN).every((text) => text !== '')).toBe(true);
      }),
    );
  });
});

describe('a packet', () => {
  test('made here: options in the order of the encoder', () => {
    const seg = new Segment();
    seg.seq = 5000;
    seg.ack = 0;
    seg.flags = SYN | ACK;
    seg.wnd = 65535;
    seg.mss = 1460;
    seg.ws = 8;
    expect(packetText(seg, { ...PLAIN, seq: 5000, ack: 0xffff_ffff })).toBe(
      'S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 8>',
    );
  });

  test('data over the end of the sequence space, urgent, without ACK, without window', () => {
    const seg = new Segment();
    seg.seq = 0x8000_0001;
    seg.flags = PSH | URG;
    seg.urg = 3;
    seg.len = 10;
    seg.wnd = 7;
    expect(packetText(seg, { ...PLAIN, seq: 0x8000_0006 })).toBe('PU 4294967291:5(10) win 7 urg 3');
    expect(packetText(seg, { ...PLAIN, seq: 0x8000_0000 }, { window: false })).toBe('PU 1:11(10) urg 3');
  });

  test('SACK edges count like acknowledgments, timestamps as the script says', () => {
    const seg = new Segment();
    seg.flags = ACK;
    seg.seq = 11;
    seg.ack = 101;
    seg.sackCount = 1;
    seg.sack[0] = 201;
    seg.sack[1] = 301;
    seg.tsVal = 1000;
    seg.tsEcr = 77;
    const numbers = { seq: 10, ack: 100, tsVal: (value: number) => value - 900, tsEcr: (value: number) => value + 1 };
    expect(packetText(seg, numbers)).toBe('. 1:1(0) ack 1 win 0 <nop,nop,TS val 100 ecr 78,nop,nop,sack 101:201>');
  });

  test.each([
    [0, false, '-'],
    [FIN | SYN | RST | PSH | ACK | URG | ECE | CWR | AE, false, 'FSRPUEWA.'],
    [SYN | ECE | CWR, false, 'SEW'],
    [SYN | ACK | AE | ECE, true, 'S.5'],
    [ACK, true, '.0'],
    [PSH | ACK | AE | CWR | ECE, true, 'P.7'],
    [SYN | AE, true, 'S4'],
  ])('flags %i (ACE as a digit: %s) are %s', (flags, ace, text) => {
    expect(flagsText(flags, ace)).toBe(text);
  });

  test('what is printed parses to the same packet', () => {
    const flags = fc.constantFrom(0, SYN, SYN | ACK, ACK, FIN | PSH | ACK, RST, ACK | ECE, SYN | ECE | CWR, ACK | AE);
    const values = fc.record({
      flags,
      seq: fc.integer({ min: 0, max: 0xffff_ffff - 2000 }),
      len: fc.nat(2000),
      ack: fc.integer({ min: 0, max: 0xffff_ffff }),
      wnd: fc.nat(65535),
      mss: fc.integer({ min: -1, max: 65535 }),
      ws: fc.integer({ min: -1, max: 14 }),
      sackPerm: fc.boolean(),
      tsVal: fc.integer({ min: -1, max: 0xffff_ffff }),
    });
    fc.assert(
      fc.property(values, (given) => {
        const seg = Object.assign(new Segment(), given, { tsEcr: given.tsVal < 0 ? -1 : 5 });
        const text = packetText(seg, PLAIN);
        const action = parseScript(`0 < ${text}`, 't.pkt').events[0]?.action;
        if (action?.kind !== 'packet' || action.options === 'any') throw new Error(text);
        const { seq, len, ack, window } = action;
        expect({ flags: action.flags, seq, len, window }).toEqual({
          flags: given.flags,
          seq: given.seq,
          len: given.len,
          window: given.wnd,
        });
        expect(ack).toBe(given.flags & ACK ? given.ack : undefined);
        const again = optionTexts(withOptions(encodeScriptOptions(action.options, AS_IS)), PLAIN);
        expect(again).toEqual(optionTexts(seg, PLAIN));
      }),
    );
  });
});
