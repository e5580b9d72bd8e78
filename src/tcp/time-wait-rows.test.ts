/**
 * TIME-WAIT kept as rows against TIME-WAIT kept as connections, of which the conformance tests hold the second to RFC 9293:
 * the same segments get the same answers.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACK, copySegment, FIN, RST, Segment, SYN } from '../wire/segment.ts';
import { LINUX6, RFC9293, type TcpConfig } from './config.ts';
import { TcpStack } from './stack.ts';
import { MS, SEC, type Tx } from './types.ts';

const A = 0xc6120001;
const B = 0xc6130001;
const PORT = 4000;

class Box implements Tx {
  readonly sent: Segment[] = [];
  alloc(): Segment {
    return new Segment();
  }
  send(seg: Segment): void {
    const own = new Segment();
    copySegment(seg, own);
    this.sent.push(own);
  }
}

/** A host whose connection to B is in TIME-WAIT since 1 s: it closed first. */
function closedFirst(config: TcpConfig, timeWait: 'connections' | 'rows') {
  const stack = new TcpStack({ addresses: [A], config, secret: Uint32Array.of(1, 2, 3, 4), timeWait });
  stack.listen(PORT, { backlog: 4 });
  const box = new Box();
  const c = stack.connect(SEC, B, 80, box, { localPort: PORT, iss: 100 });
  const from = { src: B, sport: 80, dst: A, dport: PORT, wnd: 500, tsVal: 50, tsEcr: box.sent[0]?.tsVal ?? 0 };
  const take = (fields: Partial<Segment>): void =>
    stack.onSegment(SEC, Object.assign(new Segment(), from, fields), box);
  take({ flags: SYN | ACK, seq: 900, ack: 101, mss: 1460, ws: 7, sackPerm: true });
  c.close(SEC, box);
  take({ flags: ACK | FIN, seq: 901, ack: 102 });
  return { stack, box, c, from };
}

describe.each([
  ['rfc9293', RFC9293],
  ['linux-6', LINUX6],
  ['linux-6 without options', { ...LINUX6, timestamps: false, sack: false, windowScale: -1 }],
] as const)('%s', (_name, config) => {
  test('the application hears at once that it is over, and no connection is held', () => {
    const { stack, c } = closedFirst(config, 'rows');
    stack.nextTimer();
    expect(c.state).toBe('CLOSED');
    expect(c.closed).toBe('closed');
    expect([...stack.connections()]).toEqual([]);
    // It costs no timer, and holds its ports to the last nanosecond all the same.
    expect(stack.nextTimer()).toBe(Infinity);
    const last = SEC + config.timeWait - 1;
    expect(() => stack.connect(last, B, 80, new Box(), { localPort: PORT })).toThrow('already has a connection');
    expect(stack.connect(last + 1, B, 80, new Box(), { localPort: PORT }).state).toBe('SYN-SENT');
  });

  test('whatever comes is answered as by a connection', () => {
    // Around all numbers that matter: RCV.NXT 902, SND.NXT 102, the FIN at 901.
    const segment = fc.record({
      flags: fc.constantFrom(ACK, FIN | ACK, RST, RST | ACK, SYN, SYN | ACK, FIN, 0),
      seq: fc.oneof(fc.integer({ min: 895, max: 910 }), fc.integer({ min: 0, max: 0xffffffff })),
      ack: fc.oneof(fc.integer({ min: 98, max: 106 }), fc.integer({ min: 0, max: 0xffffffff })),
      len: fc.constantFrom(0, 0, 0, 1, 5),
      tsVal: fc.constantFrom(-1, 49, 50, 51, 4_000_000_000),
      after: fc.constantFrom(0, 1 * MS, 400 * MS, 600 * MS, 20 * SEC, 70 * SEC, 200 * SEC),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 12 }), (segments) => {
        const both = [closedFirst(config, 'rows'), closedFirst(config, 'connections')] as const;
        let now = SEC;
        for (const { after, ...fields } of segments) {
          now += after;
          const answers = both.map(({ stack, box, from }) => {
            box.sent.length = 0;
            stack.onTimer(now, box);
            const payload = new Uint8Array(fields.len);
            stack.onSegment(now, Object.assign(new Segment(), from, fields, { payload }), box);
            return box.sent.map((s) => [s.flags, s.seq, s.ack, s.wnd, s.tsVal, s.tsEcr, s.sackCount, s.sport, s.dport]);
          });
          expect(answers[0]).toEqual(answers[1]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('many of them end in the order of their times, and each is found', () => {
  const stack = new TcpStack({
    addresses: [A],
    owns: () => true,
    config: RFC9293,
    secret: Uint32Array.of(1, 2, 3, 4),
    timeWait: 'rows',
  });
  const box = new Box();
  const from = { src: B, sport: 80, wnd: 500 };
  for (let i = 0; i < 1000; i++) {
    const now = i * MS;
    const to = { dst: A + i, dport: PORT };
    const c = stack.connect(now, B, 80, box, { local: A + i, localPort: PORT, iss: 100 });
    stack.onSegment(now, Object.assign(new Segment(), from, to, { flags: SYN | ACK, seq: 900, ack: 101 }), box);
    c.close(now, box);
    stack.onSegment(now, Object.assign(new Segment(), from, to, { flags: ACK | FIN, seq: 901, ack: 102 }), box);
  }
  for (let i = 0; i < 1000; i += 7) {
    box.sent.length = 0;
    const fin = { dst: A + i, dport: PORT, flags: ACK | FIN, seq: 901, ack: 102 };
    stack.onSegment(2 * SEC, Object.assign(new Segment(), from, fin), box);
    expect(box.sent.map((s) => [s.flags, s.src, s.ack])).toEqual([[ACK, A + i, 902]]);
  }
  // Number 7 was asked and waits from then on, number 8 was not: its time is over 8 ms after the first's.
  const answersAt = (now: number, i: number): number[] => {
    box.sent.length = 0;
    const fin = { dst: A + i, dport: PORT, flags: ACK | FIN, seq: 901, ack: 102 };
    stack.onSegment(now, Object.assign(new Segment(), from, fin), box);
    return box.sent.map((s) => s.flags);
  };
  expect(answersAt(RFC9293.timeWait + 8 * MS, 7)).toEqual([ACK]);
  expect(answersAt(RFC9293.timeWait + 8 * MS, 9)).toEqual([ACK]);
  expect(answersAt(RFC9293.timeWait + 8 * MS, 8)).toEqual([RST]);
});
