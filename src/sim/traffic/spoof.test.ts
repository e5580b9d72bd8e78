import { describe, expect, test } from 'vitest';
import { HalfopenError } from '../../wire/error.ts';
import type { SpoofSpec } from '../flood-model.ts';
import { stream } from '../rng.ts';
import { drawBelow, maskOf, Sources } from './spoof.ts';

const BASE = 0xc612_4000; // 198.18.64.0

function drawn(spec: SpoofSpec, n: number): number[] {
  const sources = new Sources(spec, 'flood');
  const rng = stream(2, 'spoof');
  return Array.from({ length: n }, () => sources.draw(rng));
}

describe('sources', () => {
  test.each<[SpoofSpec, number, number]>([
    [{ mode: 'own', prefix: '198.18.64.0/24', count: 1 }, BASE + 1, BASE + 1],
    [{ mode: 'own', prefix: '198.18.64.0/24', count: 5 }, BASE + 1, BASE + 5],
    [{ mode: 'own', prefix: '198.18.64.0/30', count: 4 }, BASE, BASE + 3],
    [{ mode: 'random', prefix: '198.18.64.0/24', live: 0.5 }, BASE, BASE + 255],
    [{ mode: 'silent', prefix: '198.18.64.0/28' }, BASE, BASE + 15],
    [{ mode: 'live', prefix: '198.18.64.7/32' }, BASE + 7, BASE + 7],
  ])('%o: all of its addresses and no other', (spec, first, last) => {
    const seen = new Set(drawn(spec, 5000));
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: last - first + 1 }, (_, i) => first + i));
  });

  test('all addresses of 10.0.0.0/8 are equally likely (chi-square over its second byte, 99.9 %)', () => {
    const bins = new Array<number>(256).fill(0);
    for (const a of drawn({ mode: 'random', prefix: '10.0.0.0/8', live: 0 }, 100_000)) bins[(a >>> 16) & 255]!++;
    expect(bins.reduce((sum, n) => sum + (n - 390.625) ** 2 / 390.625, 0)).toBeLessThan(330.5);
  });

  test('who is live, and what is forged', () => {
    const of = (spec: SpoofSpec) => {
      const { live, forged } = new Sources(spec, '');
      return [live, forged];
    };
    const prefix = '10.0.0.0/8';
    expect(of({ mode: 'own', prefix, count: 3 })).toEqual([0, false]);
    expect(of({ mode: 'random', prefix, live: 0.25 })).toEqual([0.25, true]);
    expect(of({ mode: 'silent', prefix })).toEqual([0, true]);
    expect(of({ mode: 'live', prefix })).toEqual([1, true]);
  });

  test.each<SpoofSpec>([
    { mode: 'random', prefix: '0.0.0.0/0', live: 0 },
    { mode: 'silent', prefix: '9.0.0.0/8' },
    { mode: 'own', prefix: '198.18.64.0/30', count: 5 },
    { mode: 'own', prefix: '198.18.64.0/30', count: 0 },
  ])('%o is refused', (spec) => {
    expect(() => new Sources(spec, "flood 'x'")).toThrow(HalfopenError);
    expect(() => new Sources(spec, "flood 'x'")).toThrow(/^flood 'x': found .*, expected /);
  });
});

test('drawBelow is fair where the mask is twice the count, and reaches the top of 2^32', () => {
  const rng = stream(5, 'below');
  const count = 9;
  const bins = new Array<number>(count).fill(0);
  for (let i = 0; i < 90_000; i++) bins[drawBelow(count, maskOf(count), rng)]!++;
  expect(bins.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)).toBeLessThan(26.1);
  expect([1, 2, 3, 4, 5, 2 ** 31, 2 ** 31 + 1, 2 ** 32].map(maskOf)).toEqual([
    0, 1, 3, 3, 7, 0x7fff_ffff, 0xffff_ffff, 0xffff_ffff,
  ]);
  let most = 0;
  for (let i = 0; i < 1000; i++) most = Math.max(most, drawBelow(2 ** 32, maskOf(2 ** 32), rng));
  expect(most).toBeGreaterThan(2 ** 31);
});
