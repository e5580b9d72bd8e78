import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CompletionRatio } from './completion-ratio.ts';
import { wilson } from './wilson.ts';

const SEC = 1e9;
const ZERO = {
  length: SEC,
  synAgain: 0,
  synack: 0,
  synackAgain: 0,
  aborted: 0,
  fin: 0,
  newSources: 0,
  strayReplies: 0,
};

function watched(seconds: readonly (readonly [attempts: number, completed: number, refused?: number])[]) {
  const detector = new CompletionRatio();
  seconds.forEach(([attempts, completed, refused = 0], i) => {
    detector.window({ ...ZERO, start: i * SEC, syn: attempts, attempts, completed, refused });
  });
  return detector;
}

describe('Wilson interval', () => {
  test('by hand: 3 of 5 at z = 2', () => {
    // p = 0.6, z²/n = 0.8. Middle (0.6 + 0.4) / 1.8 = 0.5556; half width 2·sqrt(0.24/5 + 4/100)/1.8 = 2·0.29665/1.8 = 0.3296
    const { low, high } = wilson(3, 5, 2);
    expect(low).toBeCloseTo(0.226, 3);
    expect(high).toBeCloseTo(0.8852, 3);
  });

  test('by hand: none of n ends at z² / (n + z²)', () => {
    // 0 of 10 at z = 2: 4 / 14
    expect(wilson(0, 10, 2).low).toBe(0);
    expect(wilson(0, 10, 2).high).toBeCloseTo(4 / 14, 12);
  });

  test('holds the share, stays within 0 and 1, and narrows as samples grow', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        (hits, n, z) => {
          const k = Math.min(hits, n);
          const { low, high } = wilson(k, n, z);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low - 1e-12).toBeLessThanOrEqual(k / n);
          expect(high + 1e-12).toBeGreaterThanOrEqual(k / n);
          const more = wilson(10 * k, 10 * n, z);
          expect(more.high - more.low).toBeLessThanOrEqual(high - low + 1e-12);
        },
      ),
    );
    expect(wilson(0, 0, 2)).toEqual({ low: 0, high: 1 });
  });
});

describe('attempts that complete', () => {
  test('few attempts are no evidence: 3 of 5 and 0 of 6 are quiet, 0 of 7 fires', () => {
    expect(watched([[5, 3]]).finding().state).toBe('quiet');
    expect(watched([[6, 0]]).finding().state).toBe('quiet');
    // z = 2.576: 6.636 / (7 + 6.636) = 0.487
    expect(watched([[7, 0]]).finding()).toMatchObject({
      state: 'fires',
      onset: 0,
      end: SEC,
      onsetWithin: SEC,
    });
    expect(watched([[7, 0]]).finding().value).toBeCloseTo(0.487, 3);
  });

  test('ten seconds of a flood among minutes that are fine', () => {
    const fine = Array.from({ length: 60 }, () => [100, 98] as const);
    const flood = Array.from({ length: 10 }, () => [1000, 98] as const);
    const finding = watched([...fine, ...flood, ...fine]).finding();
    expect(finding).toMatchObject({
      state: 'fires',
      onset: 60 * SEC,
      end: 70 * SEC,
      endWithin: 10 * SEC,
    });
    expect(finding.sentence).toContain('980 of 10,000 in 10 s');
  });

  test('what was refused is left out', () => {
    expect(watched([[100, 5, 95]]).finding().state).toBe('quiet');
    expect(watched([[100, 0, 100]]).finding().sentence).toContain('nothing to go by');
  });

  test('is never NaN, and one more completion never makes it worse', () => {
    const second = fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50));
    fc.assert(
      fc.property(fc.array(second, { minLength: 1, maxLength: 35 }), fc.nat(34), (seconds, where) => {
        const a = watched(seconds).finding();
        const b = watched(seconds.map(([n, k, r], i) => [n, k + (i === where ? 1 : 0), r] as const)).finding();
        expect(a.value).toBeGreaterThanOrEqual(0);
        expect(a.value).toBeLessThanOrEqual(1);
        expect(b.value).toBeGreaterThanOrEqual(a.value - 1e-12);
      }),
    );
  });
});
