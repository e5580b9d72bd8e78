import { expect, test } from 'vitest';
import { ACK, FIN, Segment, SYN } from '../wire/segment.ts';
import { RFC9293 } from './config.ts';
import { TcpStack } from './stack.ts';
import type { Tx } from './types.ts';

const HOST = 0xc0000201;
const PEER = 0xc6120001;
/** RCV.NXT of the old connection is 0xffffff02, and its last TSval 5000. */
const IRS = 0xffffff00;
const LAST_TS = 5000;

/** Is a SYN with these numbers answered by a SYN/ACK when the old connection, with timestamps or not, is in TIME-WAIT? */
function honoured(timestamps: boolean, seq: number, tsVal: number): boolean {
  const sent: Segment[] = [];
  const tx: Tx = { alloc: () => new Segment(), send: (s) => void sent.push(s) };
  const stack = new TcpStack({ addresses: [HOST], config: RFC9293, secret: Uint32Array.of(1, 2, 3, 4) });
  const listener = stack.listen(80, { backlog: 4 });
  const recv = (fields: Partial<Segment>): void => {
    const seg = Object.assign(new Segment(), { src: PEER, sport: 5000, dst: HOST, dport: 80, wnd: 65535 }, fields);
    stack.onSegment(0, seg, tx);
  };
  const ts = (value: number): Partial<Segment> => (timestamps ? { tsVal: value, tsEcr: sent[0]?.tsVal ?? 0 } : {});
  recv({ flags: SYN, seq: IRS, ...ts(LAST_TS - 1) });
  const iss = sent[0]!.seq;
  recv({ flags: ACK, seq: IRS + 1, ack: (iss + 1) >>> 0, ...ts(LAST_TS) });
  const c = listener.accept()!;
  c.close(0, tx);
  recv({ flags: ACK | FIN, seq: IRS + 1, ack: (iss + 2) >>> 0, ...ts(LAST_TS) });
  expect(c.state).toBe('TIME-WAIT');
  sent.length = 0;
  recv({ flags: SYN, seq: seq >>> 0, tsVal });
  return sent.some((s) => s.flags === (SYN | ACK));
}

const OLDER = IRS - 1000;
const NEWER = IRS + 1000; // beyond the wrap

// RFC 6191 §2, case by case; -1 = no timestamps.
test.each([
  ['with timestamps: a later one is honoured, whatever the number', true, OLDER, LAST_TS + 1, true],
  ['with timestamps: the same one needs a larger number', true, NEWER, LAST_TS, true],
  ['with timestamps: the same one with an old number is not', true, OLDER, LAST_TS, false],
  ['with timestamps: an earlier one is not, whatever the number', true, NEWER, LAST_TS - 1, false],
  ['with timestamps: without any, a larger number is', true, NEWER, -1, true],
  ['with timestamps: without any, an old number is not', true, OLDER, -1, false],
  ['without: one that brings timestamps is honoured', false, OLDER, 1, true],
  ['without: a larger number is', false, NEWER, -1, true],
  ['without: an old number is not', false, OLDER, -1, false],
] as const)('a SYN in TIME-WAIT, the old connection %s', (_, timestamps, seq, tsVal, expected) => {
  expect(honoured(timestamps, seq, tsVal)).toBe(expected);
});
