import { expect, test } from 'vitest';
import { Segment, SYN } from '../../wire/segment.ts';
import { encodeOptions } from '../../wire/tcp-options.ts';
import type { SynShape } from '../flood-model.ts';
import { stream } from '../rng.ts';
import { writeSyn } from './syn-shape.ts';

function synOf(shape: SynShape, again = 0, seed = 3): Segment {
  const seg = new Segment();
  writeSyn(seg, shape, stream(seed, 'syn'), again);
  return seg;
}

function optionBytes(seg: Segment): string {
  const out = new Uint8Array(40);
  const n = encodeOptions(seg, out, 0);
  return [...out.subarray(0, n)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
}

test.each<[SynShape, number, RegExp]>([
  // hping3: DEFAULT_SRCWINSIZE 512, no options
  ['bare', 512, /^$/],
  // Nmap: window 1024, TCP_SYN_PROBE_OPTIONS 02 04 05 b4
  ['mss', 1024, /^02 04 05 b4$/],
  // p0f: mss*44,10:mss,sok,ts,nop,ws
  ['linux', 64240, /^02 04 05 b4 04 02 08 0a (.. ){4}00 00 00 00 01 03 03 0a$/],
  // p0f: 64240,8:mss,nop,ws,nop,nop,sok
  ['windows', 64240, /^02 04 05 b4 01 03 03 08 01 01 04 02$/],
])('%s: window and option bytes as on the wire', (shape, wnd, options) => {
  const seg = synOf(shape);
  expect([seg.flags, seg.wnd, seg.len, seg.ack]).toEqual([SYN, wnd, 0, 0]);
  expect(optionBytes(seg)).toMatch(options);
});

test('what the engine reads of them', () => {
  const read = (shape: SynShape) => {
    const { mss, ws, sackPerm, tsVal } = synOf(shape);
    return [mss, ws, sackPerm, tsVal >= 0];
  };
  expect(read('bare')).toEqual([-1, -1, false, false]);
  expect(read('mss')).toEqual([1460, -1, false, false]);
  expect(read('linux')).toEqual([1460, 10, true, true]);
  expect(read('windows')).toEqual([1460, 8, true, false]);
});

test('repeated 3 s later it is the same SYN with a later timestamp (RFC 7323 §3.2)', () => {
  const first = synOf('linux');
  const again = synOf('linux', 3e9);
  expect((again.tsVal - first.tsVal) >>> 0).toBe(3000);
  expect({ ...again, tsVal: 0 }).toEqual({ ...first, tsVal: 0 });
  expect(synOf('bare', 3e9)).toEqual(synOf('bare'));
});

test('ports from 1024 on, sequence numbers over all of 2^32', () => {
  const rng = stream(8, 'syn');
  const seg = new Segment();
  let [leastPort, mostPort, leastSeq, mostSeq] = [Infinity, 0, Infinity, 0];
  for (let i = 0; i < 300_000; i++) {
    writeSyn(seg, 'bare', rng, 0);
    leastPort = Math.min(leastPort, seg.sport);
    mostPort = Math.max(mostPort, seg.sport);
    leastSeq = Math.min(leastSeq, seg.seq);
    mostSeq = Math.max(mostSeq, seg.seq);
  }
  expect([leastPort, mostPort]).toEqual([1024, 65535]);
  expect(leastSeq).toBeLessThan(2 ** 18);
  expect(mostSeq).toBeGreaterThan(2 ** 32 - 2 ** 18);
});
