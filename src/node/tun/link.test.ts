import { expect, test } from 'vitest';
import { MS } from '../../tcp/types.ts';
import { CLEAR, type Impairment, Road } from './link.ts';

/** Sends packets number 0 .. n - 1, one each microsecond, and tells which arrive, in order. */
function arrivals(spec: Impairment, seed: number, n: number): { numbers: number[]; road: Road } {
  const road = new Road(spec, seed, 'test');
  const bytes = new Uint8Array(100);
  for (let i = 0; i < n; i++) {
    new DataView(bytes.buffer).setUint32(0, i);
    road.offer(i * 1000, bytes, bytes.length);
  }
  const numbers: number[] = [];
  while (road.take(1e12)) numbers.push(new DataView(road.bytes.buffer).getUint32(0));
  return { numbers, road };
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test('a clear road gives every packet once, at once and in order', () => {
  const { numbers, road } = arrivals(CLEAR, 1, 1000);
  expect(numbers).toEqual(count(1000));
  expect(road.counters).toEqual({ offered: 1000, lost: 0, duplicated: 0, heldBack: 0 });
});

test('a packet arrives after the delay, not before', () => {
  const road = new Road({ ...CLEAR, delay: 5 * MS }, 1, 'test');
  expect(road.next()).toBe(Infinity);
  road.offer(MS, Uint8Array.of(1, 2, 3), 2);
  expect(road.next()).toBe(6 * MS);
  expect(road.take(6 * MS - 1)).toBe(false);
  expect(road.take(6 * MS)).toBe(true);
  expect([road.bytes.subarray(0, road.length), road.next()]).toEqual([Uint8Array.of(1, 2), Infinity]);
});

test('loss, duplicates and held back packets have about the wanted shares', () => {
  const n = 10_000;
  const spec = { ...CLEAR, loss: 0.1, duplicate: 0.05, reorder: 0.02, reorderBy: 10_000 };
  const { numbers, road } = arrivals(spec, 7, n);
  const { lost, duplicated, heldBack } = road.counters;
  // Five standard deviations of a binomial count.
  expect(Math.abs(lost - 1000)).toBeLessThan(150);
  expect(Math.abs(duplicated - 450)).toBeLessThan(110);
  expect(Math.abs(heldBack - 180)).toBeLessThan(70);
  expect(numbers.length).toBe(n - lost + duplicated);
  expect(new Set(numbers).size).toBe(n - lost);
  // One that waits 10 µs is overtaken by the ten behind it.
  const overtaken = numbers.filter((number, i) => i > 0 && number < numbers[i - 1]!).length;
  expect(overtaken).toBeGreaterThan(heldBack / 2);
});

test('the same seed has the same fate for each packet, and one setting moves nothing of another', () => {
  const spec = { ...CLEAR, loss: 0.1, duplicate: 0.1 };
  const once = arrivals(spec, 7, 500).numbers;
  expect(arrivals(spec, 7, 500).numbers).toEqual(once);
  expect(arrivals(spec, 8, 500).numbers).not.toEqual(once);
  expect([...new Set(arrivals({ ...spec, duplicate: 0 }, 7, 500).numbers)]).toEqual([...new Set(once)]);
});

test('packets under way are copies: the sender may use its buffer again', () => {
  const road = new Road({ ...CLEAR, delay: MS }, 1, 'test');
  const buffer = Uint8Array.of(1, 1, 1);
  road.offer(0, buffer, 3);
  buffer.fill(2);
  road.offer(1, buffer, 3);
  road.take(MS);
  expect(road.bytes.subarray(0, 3)).toEqual(Uint8Array.of(1, 1, 1));
});
