import { expect, test } from 'vitest';
import { Link } from './link.ts';
import { stream } from './rng.ts';

const PLAIN = { delay: 20e6, jitter: 0, loss: 0, rate: 0, queue: 2 };

test('a plain link delays every packet alike', () => {
  const link = new Link(PLAIN, stream(1, 'link'));
  expect([link.offer(5, 1500), link.arrivesAt, link.leavesAt]).toEqual(['sent', 20e6 + 5, 5]);
});

test('a rate makes packets wait, and the queue overflows', () => {
  // 12 Mbit/s: 1500 bytes take exactly 1 ms
  const link = new Link({ ...PLAIN, rate: 12e6 }, stream(1, 'link'));
  const results = [0, 0, 0, 0].map(() => [link.offer(0, 1500), link.arrivesAt]);
  expect(results).toEqual([
    ['sent', 21e6],
    ['sent', 22e6],
    ['sent', 23e6],
    ['overflow', 20e6],
  ]);
  // after 1 ms one has left, so one more fits
  expect(link.offer(1e6, 1500)).toBe('sent');
  expect(link.arrivesAt).toBe(24e6);
});

test('loss happens as often as it says, and jitter stays within its bound', () => {
  const link = new Link({ ...PLAIN, loss: 0.25, jitter: 1e6 }, stream(2, 'link'));
  let lost = 0;
  let late = 0;
  for (let i = 0; i < 20_000; i++) {
    if (link.offer(0, 40) === 'lost') lost++;
    expect(link.arrivesAt).toBeGreaterThanOrEqual(20e6);
    expect(link.arrivesAt).toBeLessThanOrEqual(21e6);
    if (link.arrivesAt > 20.5e6) late++;
  }
  expect(Math.abs(lost - 5000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.25 * 0.75));
  expect(Math.abs(late - 10_000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.25));
});

test('which packets are lost does not depend on the jitter', () => {
  const fates = (jitter: number) => {
    const link = new Link({ ...PLAIN, loss: 0.5, jitter }, stream(3, 'link'));
    return Array.from({ length: 100 }, () => link.offer(0, 40)).join();
  };
  expect(fates(0)).toBe(fates(5e6));
});
