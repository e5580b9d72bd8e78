/** Rows of the flow table: used again, told in different ways, and fed with anything. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MS, play, type Step, s, segment, syn, synack } from '../../test/support/flow-dialogue.ts';
import { ACK, FIN, PSH, RST, SYN } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import { FlowTable } from './flow-table.ts';

describe('rows', () => {
  test('a row is used again, and knows nothing of its former flow', () => {
    const table = new FlowTable();
    const first = table.open(0, segment(syn, 80), 40);
    table.packet(first, false, MS, segment(s('<', RST | ACK, 0, 1), 80), 40);
    expect(table.isOver(first)).toBe(true);
    table.release(first);
    expect(table.live).toBe(0);
    const second = table.open(5 * MS, segment(syn, 80), 60);
    expect(second).toBe(first);
    expect(table.isOver(second)).toBe(false);
    expect(table.read(second, 'client')).toEqual({ ...play([syn]), firstAt: 5 * MS, lastAt: 5 * MS, origIpBytes: 60 });
  });

  test('many flows at once keep apart, over all chunks', () => {
    const table = new FlowTable();
    const flows = Array.from({ length: 10_000 }, (_, i) => table.open(i, segment({ ...syn, seq: i }, 80), 40 + i));
    expect(table.live).toBe(10_000);
    for (const i of [0, 4095, 4096, 9999]) {
      expect(table.read(flows[i]!, 'client')).toMatchObject({ firstAt: i, origIpBytes: 40 + i, history: 'S' });
    }
    expect(table.bytes / 10_000).toBeLessThan(130);
  });

  test('one SYN and copies of it are the same, told at once or one by one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 0, max: 1400 }),
        fc.constantFrom(0, 1, 65_535),
        (sent, x, len, wnd) => {
          const step: Step = { from: '>', flags: SYN, seq: x, ack: 0, len, wnd };
          const one = new FlowTable();
          const flow = one.open(7, segment(step, 80), 60 + len);
          for (let i = 1; i < sent; i++) one.packet(flow, true, 7 + i, segment(step, 80), 60 + len);
          const bytes = sent * (60 + len);
          const other = new FlowTable();
          const whole = other.openWithSyn(7, 6 + sent, sent, x, len, bytes, wnd);
          expect(other.lonelySyn(7, 6 + sent, sent, x, len, bytes, wnd)).toEqual(one.read(flow, 'client'));
          // And what follows makes no difference either.
          for (const next of [
            { ...synack, ack: seqAdd(x, 1 + len) },
            { ...step, flags: ACK, seq: seqAdd(x, 1), len: 5 },
          ]) {
            one.packet(flow, next.from === '>', 900, segment(next, 80), 40);
            other.packet(whole, next.from === '>', 900, segment(next, 80), 40);
          }
          expect(other.read(whole, 'client')).toEqual(one.read(flow, 'client'));
          expect(other.live).toBe(1);
        },
      ),
    );
  });

  test('an answer told at once is the same as its SYN/ACKs one by one', () => {
    const one = new FlowTable();
    const flow = one.open(0, segment(syn, 80), 60);
    for (const ts of [5, 1000, 1000]) one.packet(flow, false, ts, segment(synack, 80), 52);
    const other = new FlowTable();
    const whole = other.openWithSyn(0, 0, 1, syn.seq, 0, 60, syn.wnd);
    other.answer(whole, 5, 1000, 3, synack.seq, synack.ack, 52, synack.wnd);
    expect(other.read(whole, 'client')).toEqual(one.read(flow, 'client'));
  });

  test('the short way for what comes in order leads to the same as the long way', () => {
    const next = fc.record({
      client: fc.boolean(),
      // Mostly in order, sometimes again, sometimes with a gap.
      ahead: fc.constantFrom(0, 0, 0, 0, -10, 10),
      len: fc.constantFrom(0, 0, 10, 10, 1460),
      acks: fc.boolean(),
      captured: fc.constantFrom(true, true, true, false),
      wnd: fc.constantFrom(1000, 1000, 1000, 0),
      flags: fc.constantFrom(ACK, ACK, ACK, ACK, ACK | PSH, ACK | FIN, RST),
    });
    const start = fc.constantFrom(0, 5000, 2 ** 31 - 1600, 2 ** 32 - 1600, 2 ** 32 - 2);
    fc.assert(
      fc.property(fc.array(next, { maxLength: 30 }), start, start, (steps, x, y) => {
        const short = new FlowTable();
        const long = new FlowTable();
        const step: Step = { ...syn, seq: x, ack: 0 };
        const a = short.open(0, segment(step, 80), 40);
        const b = long.open(0, segment(step, 80), 40);
        // A flow with losses never goes the short way.
        long.corrupt(b, true, segment(step, 80));
        // Next to send, and next expected of the other side, of client and server.
        const sent = [seqAdd(x, 1), y];
        const expects = [seqAdd(y, 1), seqAdd(x, 1)];
        const say = (client: boolean, flags: number, seq: number, len: number, wnd: number, ts: number): void => {
          const said: Step = { from: client ? '>' : '<', flags, seq, ack: expects[client ? 0 : 1]!, len, wnd };
          short.packet(a, client, ts, segment(said, 80), 40 + len);
          long.packet(b, client, ts, segment(said, 80), 40 + len);
        };
        say(false, SYN | ACK, y, 0, 1000, 1);
        sent[1] = seqAdd(y, 1);
        steps.forEach(({ client, ahead, len, acks, captured, wnd, flags }, i) => {
          const me = client ? 0 : 1;
          if (acks) expects[me] = sent[1 - me]!;
          const seq = seqAdd(sent[me]!, ahead);
          if (captured) say(client, flags, seq, len, wnd, 2 + i);
          sent[me] = seqAdd(seq, len + (flags & FIN));
        });
        const { history, ...rest } = long.read(b, 'client');
        expect(short.read(a, 'client')).toEqual({ ...rest, history: history.replace('C', '') });
      }),
    );
  });
});

test('any segments whatever: every packet is counted once, and nothing becomes negative', () => {
  const near = fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 1000, 5000);
  const number = fc.tuple(near, fc.integer({ min: -20_000, max: 20_000 })).map(([a, b]) => seqAdd(a, b));
  const anything = fc.record({
    from: fc.constantFrom<'>' | '<'>('>', '<'),
    flags: fc.oneof(fc.integer({ min: 0, max: 511 }), fc.constantFrom(ACK, SYN, SYN | ACK, RST, FIN | ACK)),
    seq: number,
    ack: number,
    len: fc.constantFrom(0, 0, 1, 100, 65_495),
    wnd: fc.constantFrom(0, 1000),
  });
  const table = new FlowTable();
  fc.assert(
    fc.property(fc.array(anything, { minLength: 1, maxLength: 60 }), fc.constantFrom(80, 9000), (steps, port) => {
      const facts = play(steps, port, table);
      expect(facts.origPackets + facts.respPackets).toBe(steps.length);
      expect(facts.origIpBytes + facts.respIpBytes).toBe(steps.reduce((sum, { len }) => sum + 40 + len, 0));
      const { origBytes, respBytes, missedBytes, history, connState, completeness } = facts;
      expect(Math.min(origBytes, respBytes, missedBytes)).toBeGreaterThanOrEqual(0);
      expect(history).toMatch(/^[shadfrigtqw^]*$/i);
      expect(connState).toMatch(/^(S[0-3F]|REJ|RST[OR]|RSTOS0|RSTRH|SHR?|OTH)$/);
      expect(completeness).toBeLessThan(64);
      expect(table.live).toBe(0);
    }),
    { numRuns: 500 },
  );
});
