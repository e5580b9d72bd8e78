import { expect, test } from 'vitest';
import { rateTogether, shareSent } from './uplink.ts';

test('a bot sends what is asked, up to its uplink', () => {
  expect(rateTogether([{ bots: 10, rate: 5 }], 100)).toBe(50);
  expect(rateTogether([{ bots: 10, rate: 500 }], 100)).toBe(1000);
  // Four bots have both orders, six the first alone.
  const both = [
    { bots: 4, rate: 70 },
    { bots: 10, rate: 60 },
  ];
  expect(rateTogether(both, 1000)).toBe(4 * 130 + 6 * 60);
  expect(rateTogether(both, 100)).toBe(4 * 100 + 6 * 60);
  expect(rateTogether([], 100)).toBe(0);
});

test('the shares of two orders fill the link and keep their proportion', () => {
  const uplink = 100;
  for (const [a, b] of [
    [60, 70],
    [150, 50],
    [500, 300],
  ] as const) {
    const sent = [a, b].map((rate) => Math.min(rate, uplink) * shareSent(rate, a + b, uplink));
    expect(sent[0]! + sent[1]!).toBeCloseTo(uplink, 9);
    expect(sent[0]! / sent[1]!).toBeCloseTo(a / b, 9);
  }
  expect([shareSent(30, 60, 100), shareSent(500, 500, 100)]).toEqual([1, 1]);
});
