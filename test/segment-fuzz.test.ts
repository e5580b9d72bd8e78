/** The short run of the fuzzer; `npm run fuzz -- --seconds 600` is the long one. What must never happen: `fuzz/watch.ts`. */
import { describe, expect, test } from 'vitest';
import { ACK, Segment } from '../src/wire/segment.ts';
import * as fixtures from './dialogue.ts';
import { CONFIGS, KINDS, runCase } from './fuzz/cases.ts';
import { STREAM } from './fuzz/segments.ts';
import { checkBounds, Watch } from './fuzz/watch.ts';

const SEEDS = 250;

describe.each(Object.keys(CONFIGS))('%s', (config) => {
  test.each(KINDS)('%s survives random segments, ICMP errors and calls, and then silence', (kind) => {
    for (let seed = 1; seed <= SEEDS; seed++) expect(() => runCase(kind, config, seed)).not.toThrow();
  });
});

test('one-byte segments with gaps between them are held in bounded time and space', () => {
  const config = { ...fixtures.PLAIN, rcvBuf: 65535 };
  const d = fixtures.established(config);
  const watch = new Watch(d.connection, d.now, config, () => [d.connection]);
  for (let i = 0; i < 30_000; i++) {
    const seg = new Segment();
    seg.flags = ACK;
    seg.seq = (d.connection.tcb.rcvNxt + 1 + 2 * ((i * 7919) % 30_000)) >>> 0;
    seg.ack = d.connection.tcb.sndNxt;
    seg.len = 1;
    seg.payload = STREAM;
    seg.payloadOff = seg.seq & 0xff;
    watch.give(seg);
    if (i % 1000 === 0) checkBounds(d.connection, config);
  }
  expect(d.connection.readable).toBe(0);
});
