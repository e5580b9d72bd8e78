/**
 * Flows as Zeek's documentation of conn.log describes them (`conn_state` and `history` in
 * `scripts/base/protocols/conn/main.zeek`), one dialogue for each state and letter.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MS, opened, play, type Step, s, segment, syn, synack } from '../../test/support/flow-dialogue.ts';
import { ACK, FIN, PSH, RST, type Segment, SYN } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import { FlowTable } from './flow-table.ts';

function states(steps: readonly Step[], serverPort = 80): string {
  const { connState, history } = play(steps, serverPort);
  return `${connState} ${history}`;
}

describe('conn_state', () => {
  test.each<[string, Step[]]>([
    ['S0 S', [syn]],
    ['S1 Sh', [syn, synack]],
    ['S1 ShA', opened],
    ['SF ShAFf', [...opened, s('>', FIN | ACK, 1, 1), s('<', FIN | ACK, 1, 2), s('>', ACK, 2, 2)]],
    ['REJ Sr', [syn, s('<', RST | ACK, 0, 1)]],
    ['S2 ShAF', [...opened, s('>', FIN | ACK, 1, 1)]],
    ['S3 ShAf', [...opened, s('<', FIN | ACK, 1, 1)]],
    ['RSTO ShAR', [...opened, s('>', RST, 1)]],
    ['RSTR ShAr', [...opened, s('<', RST, 1)]],
    ['RSTOS0 SR', [syn, s('>', RST, 1)]],
    ['SH SF', [syn, s('>', FIN, 1)]],
    ['OTH Aa', [s('>', ACK, 1, 1), s('<', ACK, 1, 1)]],
  ])('%s', (expected, steps) => {
    expect(states(steps)).toBe(expected);
  });

  test.each<[string, Step[]]>([
    ['RSTRH ^hr', [synack, s('<', RST, 1)]],
    ['SHR ^hf', [synack, s('<', FIN | ACK, 1, 1)]],
    ['S1 ^hA', [synack, s('>', ACK, 1, 1)]],
  ])('without the SYN, from a port that servers use: %s', (expected, steps) => {
    expect(states(steps, 443)).toBe(expected);
  });

  test('a SYN/ACK alone, from any other port, may be a probe: its sender is called the originator', () => {
    expect(play([synack], 9000)).toMatchObject({ connState: 'OTH', history: 'H', originator: 'server' });
    expect(play([synack, s('>', RST, 1)], 9000)).toMatchObject({ connState: 'REJ', history: 'Hr' });
    expect(play([synack, s('>', ACK, 1, 1)], 9000)).toMatchObject({ history: '^hA', originator: 'client' });
  });

  test('a SYN/ACK recorded before its SYN is put right', () => {
    expect(play([synack, syn, s('>', ACK, 1, 1)], 9000)).toMatchObject({
      connState: 'S1',
      history: 'Hs^A',
      originator: 'client',
      origPackets: 2,
      respPackets: 1,
    });
  });

  test('FIN and then RST from one side is a normal end, once the other side has finished', () => {
    const fin = s('>', FIN | ACK, 1, 1);
    expect(states([...opened, fin, s('>', RST, 2)])).toBe('RSTO ShAFR');
    expect(states([...opened, fin, s('>', RST, 2), s('<', FIN | ACK, 1, 2)])).toBe('SF ShAFRf');
  });

  test('where both sides reset and nothing was said, the attempt was rejected', () => {
    expect(states([...opened, s('>', RST, 1), s('<', RST, 1)])).toBe('REJ ShARr');
    const data = s('>', ACK | PSH, 1, 1, 10);
    expect(states([...opened, data, s('>', RST, 11), s('<', RST, 1)])).toBe('RSTR ShADRr');
  });

  test('a server that acknowledges the SYN before it answers is not taken for the middle of a stream', () => {
    expect(states([syn, s('<', ACK, 0, 1)])).toBe('S0 Sa');
    expect(states([syn, s('<', ACK, 0, 1), synack])).toBe('S1 Sah');
  });
});

describe('history', () => {
  test('data and ACKs are noted once for each side', () => {
    const steps = [
      ...opened,
      s('>', ACK, 1, 1, 10),
      s('<', ACK, 1, 11, 20),
      s('<', ACK, 21, 11, 5),
      s('>', ACK, 11, 26),
    ];
    expect(play(steps).history).toBe('ShADd');
  });

  test('SYN, FIN and RST are noted again when their number is another', () => {
    expect(play([...opened, s('<', RST, 1), s('<', RST, 1), s('<', RST, 501), s('<', RST, 501)]).history).toBe('ShArr');
    const fins = [s('>', FIN | ACK, 1, 1), s('>', FIN | ACK, 1, 1), s('>', FIN | ACK, 1, 1, 9)];
    expect(play([...opened, ...fins]).history).toBe('ShAFF');
    expect(play([syn, syn, synack, synack]).history).toBe('Sh');
  });

  test('flags that contradict each other', () => {
    expect(play([syn, s('<', FIN | RST, 1)]).history).toBe('Si');
    expect(play([s('>', SYN | FIN, 0)]).history).toBe('Q');
    expect(play([syn, s('<', SYN | RST, 0)]).history).toBe('Sq');
  });

  test('payload sent again: the first, the tenth, the hundredth time', () => {
    const data = s('>', ACK, 1, 1, 10);
    const again = (times: number): Step[] => Array.from({ length: times }, () => data);
    expect(play([...opened, data]).history).toBe('ShAD');
    expect(play([...opened, data, ...again(1)]).history).toBe('ShADT');
    expect(play([...opened, data, ...again(9)]).history).toBe('ShADT');
    expect(play([...opened, data, ...again(10)]).history).toBe('ShADTT');
    expect(play([...opened, data, ...again(100)]).history).toBe('ShADTTT');
    const fastOpen = s('>', SYN, 0, 0, 10);
    expect([play([fastOpen]).history, play([fastOpen, fastOpen]).history]).toEqual(['S', 'ST']);
  });

  test('a window of zero, but not on a RST, and not once the other side has finished', () => {
    expect(play([...opened, s('<', ACK, 1, 1, 0, 0)]).history).toBe('ShAaw');
    expect(play([...opened, s('<', RST, 1, 0, 0, 0)]).history).toBe('ShAr');
    expect(play([...opened, s('>', FIN | ACK, 1, 1), s('<', ACK, 1, 2, 0, 0)]).history).toBe('ShAFa');
  });

  test('a wrong checksum is noted and nothing else', () => {
    const table = new FlowTable();
    const flow = table.open(0, segment(syn, 80), 40);
    table.corrupt(flow, false, segment(synack, 80));
    table.corrupt(flow, false, segment(synack, 80));
    expect(table.read(flow, 'client')).toMatchObject({ connState: 'S0', history: 'Sc', respPackets: 0, lastAt: 0 });
    // Wireshark does not look at checksums.
    expect(table.read(flow, 'client').completeness).toBe(3);
  });

  test('the middle of a stream: the port that servers use belongs to the responder', () => {
    const said = s('<', ACK, 1, 1, 100);
    expect(play([said], 80)).toMatchObject({ history: '^d', originator: 'client', respBytes: 100, origPackets: 0 });
    expect(play([said], 9000)).toMatchObject({ history: 'D', originator: 'server', origBytes: 100 });
  });

  test('one flow cannot grow it for ever', () => {
    const resets = Array.from({ length: 300 }, (_, i) => s('<', RST, 1 + i));
    expect(play([...opened, ...resets]).history).toBe(`ShA${'r'.repeat(97)}X`);
  });
});

describe('sizes', () => {
  test('packets, payload by sequence numbers, bytes of IP and time', () => {
    const steps = [...opened, s('>', ACK, 1, 1, 10), s('<', ACK, 1, 11, 20), s('>', ACK, 11, 21)];
    const facts = play([...steps, s('>', FIN | ACK, 11, 21), s('<', FIN | ACK, 21, 12), s('>', ACK, 12, 22)]);
    expect(facts).toMatchObject({ origPackets: 6, origBytes: 10, origIpBytes: 250, missedBytes: 0 });
    expect(facts).toMatchObject({ respPackets: 3, respBytes: 20, respIpBytes: 140 });
    // Zeek's connection is over with the second FIN; the last ACK is not part of its duration.
    expect([facts.firstAt, facts.lastAt]).toEqual([0, 7 * MS]);
  });

  test('what comes more than five seconds after the end is another connection for Zeek, but not for Wireshark', () => {
    const table = new FlowTable();
    const flow = table.open(0, segment(syn, 80), 40);
    table.packet(flow, false, MS, segment(s('<', RST | ACK, 0, 1), 80), 40);
    table.packet(flow, true, 5001 * MS, segment(s('>', RST, 1), 80), 40);
    expect(table.read(flow, 'client')).toMatchObject({ connState: 'REJ', history: 'SrR', lastAt: 5001 * MS });
    table.packet(flow, true, 11_000 * MS, segment(s('>', ACK, 1, 1, 10), 80), 50);
    const facts = table.read(flow, 'client');
    expect(facts).toMatchObject({
      history: 'SrR',
      origPackets: 2,
      origIpBytes: 80,
      lastAt: 5001 * MS,
      completeness: 45,
    });
  });

  test('what is sent twice counts once, and sizes go on past 2^32', () => {
    const data = s('>', ACK, 1, 1, 10);
    expect(play([...opened, data, data]).origBytes).toBe(10);
    const table = new FlowTable();
    const flow = table.open(0, segment(syn, 80), 40);
    table.packet(flow, false, MS, segment(synack, 80), 40);
    for (let i = 0; i < 5; i++) {
      table.packet(flow, true, 2 * MS, segment(s('>', ACK, 1 + i * 2 ** 30, 1, 2 ** 30), 80), 1500);
      table.packet(flow, false, 2 * MS, segment(s('<', ACK, 1, 1 + (i + 1) * 2 ** 30), 80), 40);
    }
    expect(table.read(flow, 'client')).toMatchObject({ origBytes: 5 * 2 ** 30, missedBytes: 0, connState: 'S1' });
  });

  test('acknowledged bytes that nobody captured', () => {
    expect(play([...opened, s('<', ACK, 1, 1001)])).toMatchObject({ history: 'ShAaG', missedBytes: 1000 });
    const pieces = [s('>', ACK, 1, 1, 100), s('>', ACK, 201, 1, 100), s('>', ACK, 401, 1, 100)];
    expect(play([...opened, ...pieces, s('<', ACK, 1, 501)])).toMatchObject({ history: 'ShADaG', missedBytes: 200 });
    const late = [s('>', ACK, 101, 1, 100), s('>', ACK, 301, 1, 100)];
    expect(play([...opened, ...pieces, ...late, s('<', ACK, 1, 501)])).toMatchObject({ missedBytes: 0 });
  });

  test('in the middle of a stream nobody knows what is missing', () => {
    const steps = [s('>', ACK, 1, 1, 10), s('<', ACK, 1, 11, 20), s('<', ACK, 501, 11, 20), s('>', ACK, 11, 521)];
    expect(play(steps, 9000)).toMatchObject({ connState: 'OTH', missedBytes: 0, respBytes: 520 });
  });

  test('missing bytes are those of a map of all bytes, with up to four pieces waiting', () => {
    const piece = fc.tuple(fc.integer({ min: 0, max: 19 }), fc.integer({ min: 1, max: 4 }));
    const plan = fc.array(fc.oneof(piece, fc.constant(null)), { maxLength: 12 });
    fc.assert(
      fc.property(plan, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (steps, x) => {
        const table = new FlowTable();
        const at = (step: Step, seq: number, ack: number): Segment => {
          const seg = segment(step, 80);
          seg.seq = seqAdd(seq, 0);
          seg.ack = seqAdd(ack, 0);
          return seg;
        };
        const flow = table.open(0, at(syn, x, 0), 40);
        table.packet(flow, false, 0, at(synack, 5000, seqAdd(x, 1)), 40);
        table.packet(flow, true, 0, at(s('>', ACK, 1, 1), seqAdd(x, 1), 5001), 40);
        const seen = new Uint8Array(32);
        let missed = 0;
        let whole = 0;
        for (const step of steps) {
          const waiting = new Set(runs(seen, whole)).size;
          if (step === null) {
            // The other side has everything.
            const end = seen.lastIndexOf(1) + 1;
            for (let i = whole; i < end; i++) if (seen[i] === 0) missed++;
            whole = Math.max(whole, end);
            table.packet(flow, false, 0, at(s('<', ACK, 1, 1), 5001, seqAdd(x, 1 + end)), 40);
          } else {
            if (waiting >= 4) continue;
            const [from, len] = step;
            seen.fill(1, Math.max(from, whole), Math.max(from + len, whole));
            while (seen[whole] === 1) whole++;
            const data = at(s('>', ACK, 1, 1, len), seqAdd(x, 1 + from), 5001);
            table.packet(flow, true, 0, data, 40 + len);
          }
        }
        expect(table.read(flow, 'client').missedBytes).toBe(missed);
      }),
    );
  });
});

/** Where runs of ones begin beyond `from`. */
function runs(seen: Uint8Array, from: number): number[] {
  const starts: number[] = [];
  for (let i = from; i < seen.length; i++) if (seen[i] === 1 && (i === from || seen[i - 1] === 0)) starts.push(i);
  return starts;
}

describe('tcp.completeness', () => {
  // SYN 1, SYN/ACK 2, ACK 4, data 8, FIN 16, RST 32: the values of Wireshark's user's guide, "TCP Conversation Completeness".
  test.each<[string, number, Step[]]>([
    ['SYN', 1, [syn]],
    ['SYN with data', 9, [s('>', SYN, 0, 0, 10)]],
    ['half-open', 3, [syn, synack]],
    ['handshake', 7, opened],
    ['handshake and data', 15, [...opened, s('>', ACK, 1, 1, 10)]],
    ['refused; the RST has an ACK', 37, [syn, s('<', RST | ACK, 0, 1)]],
    ['refused; the RST has none', 33, [syn, s('<', RST, 0)]],
    ['closed', 31, [...opened, s('>', ACK, 1, 1, 10), s('>', FIN | ACK, 11, 1), s('<', FIN | ACK, 1, 12)]],
    ['a FIN without ACK does not count', 1, [syn, s('>', FIN, 1)]],
    ['the SYN was not captured', 6, [synack, s('>', ACK, 1, 1)]],
    ['a SYN that comes later does not count', 2, [synack, syn]],
  ])('%s: %i', (_name, expected, steps) => {
    expect(play(steps).completeness).toBe(expected);
  });
});
