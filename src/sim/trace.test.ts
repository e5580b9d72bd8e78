import { expect, test } from 'vitest';
import { Segment } from '../wire/segment.ts';
import { Trace } from './trace.ts';

function row(change: (s: Segment) => void): Segment {
  const s = new Segment();
  change(s);
  return s;
}

test('every column, the time beyond 2^32 included, and the order count in the hash', () => {
  const base = (t: number, from: number, to: number, change: (s: Segment) => void, fate: 'sent' | 'lost' = 'sent') => {
    const trace = new Trace();
    trace.packet(t, from, to, row(change), fate);
    return trace.hash();
  };
  const none = () => {};
  const hashes = [
    base(0, 0, 1, none),
    base(1, 0, 1, none),
    base(2 ** 32, 0, 1, none),
    base(2 ** 33, 0, 1, none),
    base(0, 1, 0, none),
    base(0, 0, 1, none, 'lost'),
    ...(['flags', 'seq', 'ack', 'wnd', 'len', 'sport', 'dport'] as const).map((field) =>
      base(0, 0, 1, (s) => {
        s[field] = 1;
      }),
    ),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}$/);

  const two = (a: number, b: number) => {
    const trace = new Trace();
    trace.packet(a, 0, 1, row(none), 'sent');
    trace.packet(b, 0, 1, row(none), 'sent');
    return trace.hash();
  };
  expect(two(1, 2)).not.toBe(two(2, 1));
  expect(new Trace().hash()).not.toBe(base(0, 0, 0, none));
});

test('grows without changing what it holds', () => {
  const big = new Trace();
  const again = new Trace();
  for (let i = 0; i < 1000; i++) {
    const seg = row((s) => {
      s.seq = i * 4_000_037;
    });
    big.packet(i, 0, 1, seg, 'sent');
    again.packet(i, 0, 1, seg, 'sent');
  }
  expect(big.length).toBe(1000);
  expect(big.hash()).toBe(again.hash());
});
