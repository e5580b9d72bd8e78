/** The short ways of a flow table against the long one: `ZeekAnalysis.step` for every segment. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ACK, FIN, PSH, RST, Segment, SYN } from '../wire/segment.ts';
import { BITS, CODE, DELIVERED, END_A, END_B, FIRST_AT, HISTORY_SHIFT, LAST_AT, PACKETS, STATE } from './flow-rows.ts';
import { FlowTable } from './flow-table.ts';
import { ZeekAnalysis } from './zeek-analysis.ts';
import { payloadBytes } from './zeek-numbers.ts';
import { connState } from './zeek-state.ts';

interface Move {
  readonly fromClient: boolean;
  readonly flags: number;
  readonly len: number;
  /** Bytes off the next number, and off what has been sent to the sender. */
  readonly seqOff: number;
  readonly ackOff: number;
  readonly wnd: number;
}

const move: fc.Arbitrary<Move> = fc.record({
  fromClient: fc.boolean(),
  flags: fc.constantFrom(ACK, ACK, ACK, ACK | PSH, ACK | FIN, RST, 0),
  len: fc.constantFrom(0, 0, 10, 1000),
  seqOff: fc.constantFrom(0, 0, 0, 0, -10, 10),
  ackOff: fc.constantFrom(0, 0, 0, -10, 10),
  wnd: fc.constantFrom(500, 500, 500, 0),
});

/** Numbers from just below the wrap on, and from anywhere. */
const number = fc.oneof(fc.integer({ min: 0xffff_f000, max: 0xffff_fffe }), fc.nat(0xffff_fffe));

test('what a flow is found to be does not depend on the way: any dialogue, also over the wrap of sequence numbers', () => {
  let answered = 0;
  fc.assert(
    fc.property(number, number, fc.array(move, { maxLength: 25 }), fc.boolean(), (x, y, moves, atOnce) => {
      const table = new FlowTable();
      const zeek = new ZeekAnalysis();
      begin(zeek);
      let flow = -1;
      const segments = dialogue(x, y, moves);
      if (atOnce) {
        answered++;
        flow = table.openAnswered(0, 1, x, y, 60, 60);
      }
      segments.forEach(({ fromClient, seg }, i) => {
        const bytes = i < 2 ? 60 : 40 + seg.len;
        zeek.step(fromClient, i, seg, bytes);
        if (i === 0 && !atOnce) flow = table.open(0, seg, bytes);
        else if (i > 1 || !atOnce) table.packet(flow, fromClient, i, seg, bytes);
      });
      const { history, connState: state, ...facts } = table.read(flow, 'client');
      expect({ history, state }).toEqual(judged(zeek));
      expect(facts).toMatchObject(counted(zeek));
    }),
    { numRuns: 1000 },
  );
  expect(answered).toBeGreaterThan(300);
});

function begin(zeek: ZeekAnalysis): void {
  zeek.turnTo(zeek.rows.add());
  zeek.words[zeek.at + END_A + DELIVERED] = 1;
  zeek.words[zeek.at + END_B + DELIVERED] = 1;
}

/** SYN, SYN/ACK, and then the moves. */
function dialogue(x: number, y: number, moves: readonly Move[]): { fromClient: boolean; seg: Segment }[] {
  const next = { client: x + 1, server: y + 1 };
  const made = (fromClient: boolean, flags: number, seq: number, ack: number, len = 0, wnd = 500) => {
    const seg = Object.assign(new Segment(), { flags, seq: seq >>> 0, ack: ack >>> 0, len, wnd });
    return { fromClient, seg };
  };
  const all = [made(true, SYN, x, 0), made(false, SYN | ACK, y, x + 1)];
  for (const { fromClient, flags, len, seqOff, ackOff, wnd } of moves) {
    const mine = fromClient ? 'client' : 'server';
    const theirs = fromClient ? 'server' : 'client';
    all.push(made(fromClient, flags, next[mine] + seqOff, next[theirs] + ackOff, len, wnd));
    if (seqOff === 0 && (flags & RST) === 0) next[mine] += len + (flags & FIN);
  }
  return all;
}

function judged(zeek: ZeekAnalysis): { history: string; state: string } {
  const { words, at } = zeek;
  const history = zeek.histories.text(words[at + CODE]! >>> HISTORY_SHIFT);
  const [orig, resp] = [at + END_A, at + END_B];
  const silent = payloadBytes(words, orig, resp) === 0 && payloadBytes(words, resp, orig) === 0;
  const state = connState(words[orig + BITS]! & STATE, words[resp + BITS]! & STATE, silent, history);
  return { history, state };
}

function counted(zeek: ZeekAnalysis): Record<string, number> {
  const { words, doubles, at } = zeek;
  const [orig, resp] = [at + END_A, at + END_B];
  return {
    firstAt: doubles[(at >> 1) + FIRST_AT]!,
    lastAt: doubles[(at >> 1) + LAST_AT]!,
    origPackets: words[orig + PACKETS]!,
    respPackets: words[resp + PACKETS]!,
    origBytes: payloadBytes(words, orig, resp),
    respBytes: payloadBytes(words, resp, orig),
    origIpBytes: doubles[orig >> 1]!,
    respIpBytes: doubles[resp >> 1]!,
  };
}
