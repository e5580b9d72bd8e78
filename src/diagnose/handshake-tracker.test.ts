import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLIENT, capture, type Fields, MS, SERVER } from '../../test/support/dialogue-capture.ts';
import { ACK, FIN, PSH, RST, SYN } from '../wire/segment.ts';
import { Later } from './handshake-words.ts';
import { Fact, VERDICT_NAMES } from './verdict.ts';

describe('verdicts', () => {
  test('SYN, SYN/ACK, ACK: completed, with the packets it rests on', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000 }).server({ flags: SYN | ACK, seq: 5000, ack: 1001 });
    c.client({ flags: ACK, seq: 1001, ack: 5001 });
    expect(c.rows()).toEqual(['completed 1 2 3 0']);
    expect(c.table.y(0)).toBe(5000);
  });

  test('SYN, SYN/ACK: half-open; a wrong ACK number does not complete it', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000 }).server({ flags: SYN | ACK, seq: 5000, ack: 1001 });
    c.client({ flags: ACK, seq: 1001, ack: 5000 });
    expect(c.rows()).toEqual(['half-open 1 2 0 0']);
  });

  test('RST from the client after the SYN/ACK: aborted', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000 }).server({ flags: SYN | ACK, seq: 5000, ack: 1001 });
    c.client({ flags: RST, seq: 1001 });
    expect(c.rows()).toEqual(['aborted 1 2 0 3']);
  });

  test('RST,ACK of X+1: refused; a RST that acknowledges something else is not an answer', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000 }).server({ flags: RST | ACK, seq: 0, ack: 77 });
    expect(c.rows()).toEqual(['unanswered 1 0 0 0']);
    c.server({ flags: RST | ACK, seq: 0, ack: 1001 });
    expect(c.rows()).toEqual(['refused 1 0 0 3']);
  });

  test('RST from the client before any answer leaves the attempt unanswered', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000 }).client({ flags: RST, seq: 1001 });
    expect(c.rows()).toEqual(['unanswered 1 0 0 2']);
  });

  test('a RST after the handshake does not change its verdict', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000 }).server({ flags: SYN | ACK, seq: 5000, ack: 1001 });
    c.client({ flags: ACK, seq: 1001, ack: 5001 }).server({ flags: RST, seq: 5001 });
    expect(c.rows()).toEqual(['completed 1 2 3 0']);
  });
});

describe('traps', () => {
  test('X and Y at the top of the sequence space', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 0xffffffff }).server({ flags: SYN | ACK, seq: 0xffffffff, ack: 0 });
    c.client({ flags: ACK, seq: 0, ack: 0 });
    expect(c.rows()).toEqual(['completed 1 2 3 0']);
  });

  test('two SYN/ACKs of different Y, as a cookie and then an entry: the client may take either', () => {
    for (const [acknowledged, synack] of [
      [5001, 2],
      [9001, 4],
    ] as const) {
      const c = capture();
      c.client({ flags: SYN, seq: 1000 }).server({ flags: SYN | ACK, seq: 5000, ack: 1001 });
      c.client({ flags: SYN, seq: 1000 }).server({ flags: SYN | ACK, seq: 9000, ack: 1001 });
      expect(c.rows()).toEqual(['half-open 1 4 0 0']);
      c.client({ flags: ACK, seq: 1001, ack: acknowledged });
      expect(c.rows()).toEqual([`completed 1 ${synack} 5 0`]);
      expect(c.table.y(0)).toBe(acknowledged - 1);
      expect(c.table.synacks(0)).toBe(2);
    }
  });

  test.each([[1001], [1011]])('ten bytes on the SYN: SYN/ACK may acknowledge X+1 or X+11 (%i)', (ack) => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000, len: 10, tfoLen: 8 }).server({ flags: SYN | ACK, seq: 5000, ack });
    c.client({ flags: ACK, seq: ack, ack: 5001 });
    expect(c.rows()).toEqual(['completed 1 2 3 0']);
    expect(c.table.facts(0) & (Fact.DataOnSyn | Fact.FastOpen)).toBe(Fact.DataOnSyn | Fact.FastOpen);
  });

  test.each([[0], [10]])('SYN/ACK recorded before its SYN, with %i bytes on it', (len) => {
    const c = capture();
    c.server({ flags: SYN | ACK, seq: 5000, ack: 1001 + len }).client({ flags: SYN, seq: 1000, len });
    c.client({ flags: ACK, seq: 1001 + len, ack: 5001 });
    expect(c.rows()).toEqual(['completed 2 1 3 0']);
    expect(c.table.facts(0) & Fact.SynAckFirst).toBe(Fact.SynAckFirst);
    // Found again under its new X.
    c.client({ flags: SYN, seq: 1000, len });
    expect(c.table.end).toBe(1);
    expect(c.table.syns(0) - 1).toBe(1);
  });

  test('a frame recorded twice is a duplicate, a copy sent later a retransmission', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000 }, { ipId: 7 }).client({ flags: SYN, seq: 1000 }, { ipId: 7, wait: 0 });
    c.client({ flags: SYN, seq: 1000 }, { ipId: 7, wait: 0.2 * MS });
    c.client({ flags: SYN, seq: 1000 }, { ipId: 8, wait: 0.2 * MS }).client(
      { flags: SYN, seq: 1000 },
      { wait: 1000 * MS },
    );
    expect([c.table.end, c.table.syns(0) - 1, c.table.later(0, Later.duplicates)]).toEqual([1, 2, 2]);
  });

  test('the bare ACK is missing, data acknowledges later: completed, and said so', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000 }).server({ flags: SYN | ACK, seq: 5000, ack: 1001 });
    c.client({ flags: ACK | PSH, seq: 1101, ack: 5301, len: 20 });
    expect(c.rows()).toEqual(['completed 1 2 3 0']);
    expect(c.table.facts(0) & Fact.LateAck).toBe(Fact.LateAck);
  });

  test('one direction only: the client goes on, so its SYN was answered', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000 }).client({ flags: ACK, seq: 1001, ack: 5001 });
    expect(c.rows()).toEqual(['cannot-judge 1 0 2 0']);
    expect(c.table.facts(0) & Fact.AnswerNotCaptured).toBe(Fact.AnswerNotCaptured);
    expect(c.tracker.fromServers).toBe(0);
  });

  test('a flood with ECE and CWR set is a flood of SYNs all the same', () => {
    const c = capture();
    c.client({ flags: SYN | 0xc0, seq: 1000 });
    expect(c.rows()).toEqual(['unanswered 1 0 0 0']);
  });

  test('SYN/ACK without a SYN is no attempt', () => {
    const c = capture();
    c.server({ flags: SYN | ACK, seq: 5000, ack: 1001 }).client({ flags: RST, seq: 1001 });
    expect(c.rows()).toEqual(['syn-missing 0 1 0 2']);
  });

  test('simultaneous open (RFC 9293 figure 7): both attempts complete', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 100 }).server({ flags: SYN, seq: 300 });
    c.client({ flags: SYN | ACK, seq: 100, ack: 301 }).server({ flags: SYN | ACK, seq: 300, ack: 101 });
    expect(c.rows().map((row) => row.split(' ')[0])).toEqual(['completed', 'completed']);
  });

  test('the same ports again with another X is another attempt', () => {
    const c = capture();
    c.client({ flags: SYN, seq: 1000 }).server({ flags: RST | ACK, seq: 0, ack: 1001 });
    c.client({ flags: SYN, seq: 9000 }).server({ flags: SYN | ACK, seq: 5000, ack: 9001 });
    c.client({ flags: ACK | FIN, seq: 9001, ack: 5001 });
    expect(c.rows()).toEqual(['refused 1 0 0 2', 'completed 3 4 5 0']);
  });

  test('IPv6 handles and IPv4 addresses with the same low word are different hosts', () => {
    const c = capture();
    c.segment(CLIENT, 40000, SERVER, 80, { flags: SYN, seq: 1 });
    c.segment(2 ** 32 + 5, 40000, SERVER, 80, { flags: SYN, seq: 1 });
    c.segment(5, 40000, SERVER, 80, { flags: SYN, seq: 1 });
    expect(c.table.end).toBe(3);
  });
});

test('many attempts, shuffled between each other, are each judged as alone', () => {
  const attempt = fc.record({
    host: fc.integer({ min: 1, max: 6 }),
    port: fc.integer({ min: 1, max: 4 }),
    x: fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0xffffffff, 0x7fffffff, 0x80000000, 0)),
    y: fc.integer({ min: 0, max: 0xffffffff }),
    verdict: fc.constantFrom('completed', 'half-open', 'aborted', 'refused', 'unanswered'),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(attempt, { maxLength: 24, selector: (a) => a.host * 8 + a.port }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
      (attempts, picks) => {
        const c = capture();
        // Per attempt its dialogue in order; which attempt speaks next is random.
        const scripts = attempts.map((a) => ({ a, left: dialogue(a.verdict, a.x, a.y) }));
        for (let i = 0; ; i++) {
          const talking = scripts.filter((script) => script.left.length > 0);
          if (talking.length === 0) break;
          const { a, left } = talking[picks[i % picks.length]! % talking.length]!;
          const [fromClient, fields] = left.shift()!;
          if (fromClient) c.segment(a.host, a.port, SERVER, 80, fields);
          else c.segment(SERVER, 80, a.host, a.port, fields);
        }
        const got = c.table;
        expect(got.end).toBe(attempts.length);
        for (let row = 0; row < got.end; row++) {
          const a = attempts.find((one) => one.host === got.client(row) && one.port === got.clientPort(row))!;
          expect([got.x(row), VERDICT_NAMES[got.verdict(row)]]).toEqual([a.x, a.verdict]);
        }
      },
    ),
  );
});

test('growth: 50,000 attempts keep their numbers', () => {
  const c = capture();
  for (let i = 0; i < 50_000; i++) c.segment(i, i & 0xffff, SERVER, 80, { flags: SYN, seq: (i * 2654435761) >>> 0 });
  for (let i = 0; i < 50_000; i += 2) {
    c.segment(SERVER, 80, i, i & 0xffff, { flags: SYN | ACK, seq: 9, ack: ((i * 2654435761) >>> 0) + 1 });
  }
  const verdicts = [0, 0, 0, 0, 0, 0];
  for (let row = 0; row < c.table.end; row++) verdicts[c.table.verdict(row)]!++;
  expect(verdicts).toEqual([0, 25_000, 0, 0, 25_000, 0]);
});

function dialogue(verdict: string, x: number, y: number): [boolean, Fields][] {
  const syn: [boolean, Fields] = [true, { flags: SYN, seq: x }];
  const synack: [boolean, Fields] = [false, { flags: SYN | ACK, seq: y, ack: (x + 1) >>> 0 }];
  switch (verdict) {
    case 'completed':
      return [syn, synack, [true, { flags: ACK, seq: (x + 1) >>> 0, ack: (y + 1) >>> 0 }]];
    case 'half-open':
      return [syn, synack];
    case 'aborted':
      return [syn, synack, [true, { flags: RST, seq: (x + 1) >>> 0 }]];
    case 'refused':
      return [syn, [false, { flags: RST | ACK, ack: (x + 1) >>> 0 }]];
    default:
      return [syn];
  }
}
