import { expect, test } from 'vitest';
import { seqDiff } from '../wire/seq.ts';
import { IsnGenerator } from './isn.ts';

const HOST = 0xc0000201;
const PEER = 0xc6120001;
const secret = Uint32Array.of(1, 2, 3, 4);

// holds: RFC 9293 MUST-8; RFC 6528 R1, R2
test('M: the ISN of a 4-tuple advances by one every 4 microseconds, through the wrap (RFC 9293 §3.4.1)', () => {
  const g = new IsnGenerator(secret);
  const first = g.isn(0, HOST, 80, PEER, 1024);
  for (const t of [3_999, 4_000, 1e9, 17_179_869_184_000 - 4_000, 86_400e9]) {
    expect(seqDiff(g.isn(t, HOST, 80, PEER, 1024), first)).toBe((Math.floor(t / 4_000) % 2 ** 32) | 0);
  }
});

// holds: RFC 9293 SHLD-1, MUST-9; RFC 6528 R1, R3
test('F: another 4-tuple, family or secret gives an unrelated number (RFC 6528 §3)', () => {
  const g = new IsnGenerator(secret);
  const isns = [
    g.isn(0, HOST, 80, PEER, 1024),
    g.isn(0, HOST, 81, PEER, 1024),
    g.isn(0, HOST, 80, PEER, 1025),
    g.isn(0, HOST, 80, PEER + 1, 1024),
    g.isn(0, HOST + 1, 80, PEER, 1024),
    g.isn(0, 2 ** 32 + HOST, 80, 2 ** 32 + PEER, 1024),
    new IsnGenerator(Uint32Array.of(1, 2, 3, 5)).isn(0, HOST, 80, PEER, 1024),
  ];
  expect(new Set(isns).size).toBe(isns.length);
  for (const isn of isns) expect(Number.isInteger(isn) && isn >= 0 && isn < 2 ** 32).toBe(true);
});
