import { expect, test } from 'vitest';
import { Rng, stream } from './rng.ts';

/** sfc32 written a second time, over BigInt, from the definition in PractRand (`RNG/sfc.cpp`). */
function* oracle(a0: number, b0: number, c0: number, counter0: number): Generator<number> {
  const M = 0xffff_ffffn;
  let [a, b, c, counter] = [BigInt(a0), BigInt(b0), BigInt(c0), BigInt(counter0)];
  for (let i = 0; ; i++) {
    const out = (a + b + counter) & M;
    counter = (counter + 1n) & M;
    a = b ^ (b >> 9n);
    b = (c + ((c << 3n) & M)) & M;
    c = ((((c << 21n) & M) | (c >> 11n)) + out) & M;
    if (i >= 12) yield Number(out);
  }
}

test('sfc32 equals its definition in unbounded arithmetic', () => {
  const seeds: [number, number, number, number][] = [
    [0, 0, 0, 1],
    [1, 2, 3, 4],
    [0xffff_ffff, 0x8000_0000, 0x7fff_ffff, 0xffff_ffff],
  ];
  for (const seed of seeds) {
    const rng = new Rng(...seed);
    const want = oracle(...seed);
    for (let i = 0; i < 500; i++) expect(rng.uint32()).toBe(want.next().value);
  }
});

test('streams: same seed and name, same numbers; another name or seed, others', () => {
  const draw = (seed: number, name: string) => {
    const rng = stream(seed, name);
    return [rng.uint32(), rng.uint32(), rng.uint32()].join();
  };
  const names = ['link/client', 'link/server', 'host/client', 'a', 'b', 'ab', 'ba', ''];
  const seen = new Set(names.flatMap((name) => [0, 1, 7, 0xffff_ffff].map((seed) => draw(seed, name))));
  expect(seen.size).toBe(names.length * 4);
  expect(draw(7, 'link/client')).toBe(draw(7, 'link/client'));
});

test('below, unit and chance stay in range and are fair (chi-square, fixed seed)', () => {
  const rng = stream(3, 'fair');
  const bins = new Array<number>(10).fill(0);
  const units = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) {
    bins[rng.below(10)]!++;
    units[Math.floor(rng.unit() * 10)]!++;
  }
  // 99.9 % point of chi-square with 9 degrees of freedom
  for (const counts of [bins, units]) {
    expect(counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
  }
  let hits = 0;
  for (let i = 0; i < 100_000; i++) if (rng.chance(0.3)) hits++;
  expect(Math.abs(hits - 30_000)).toBeLessThan(5 * Math.sqrt(100_000 * 0.3 * 0.7));
  expect(rng.chance(0)).toBe(false);
  expect(rng.chance(1)).toBe(true);
});

test('exponential has the right distribution without a logarithm (Kolmogorov-Smirnov)', () => {
  const rng = stream(11, 'exp');
  const n = 20_000;
  const xs = Array.from({ length: n }, () => rng.exponential(5)).sort((a, b) => a - b);
  let worst = 0;
  xs.forEach((x, i) => {
    worst = Math.max(worst, Math.abs(1 - Math.exp(-x / 5) - (i + 0.5) / n));
  });
  expect(worst).toBeLessThan(1.95 / Math.sqrt(n)); // 99.9 %
});
