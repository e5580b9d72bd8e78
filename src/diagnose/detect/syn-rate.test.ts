import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SynRate } from './syn-rate.ts';
import type { TargetWindow } from './types.ts';

const SEC = 1e9;

/** Seconds with so many SYNs each. */
function watched(rates: readonly number[]): SynRate {
  const detector = new SynRate();
  rates.forEach((syn, second) => {
    const zero = {
      attempts: syn,
      synAgain: 0,
      synack: 0,
      synackAgain: 0,
      completed: 0,
      refused: 0,
      aborted: 0,
      fin: 0,
    };
    const w: TargetWindow = { start: second * SEC, length: SEC, syn, ...zero, newSources: 0, strayReplies: 0 };
    detector.window(w);
  });
  return detector;
}

const usual = Array.from({ length: 10 }, () => 100);

test('by hand: an average of 100 makes a threshold of 150; four seconds in a row at or above it are an alarm', () => {
  // Ten seconds of training: mu = 100. 150 >= 1.5·100.
  expect(watched([...usual, ...usual, 150, 150, 150]).finding()).toMatchObject({ state: 'quiet', value: 150 });
  expect(watched([...usual, 150, 150, 150, 150]).finding()).toMatchObject({
    state: 'fires',
    onset: 10 * SEC,
    end: 14 * SEC,
    value: 150,
    threshold: 150,
  });
  // 149 is below, so the row of four is broken.
  expect(watched([...usual, ...usual, 150, 150, 149, 150, 150]).finding().state).toBe('quiet');
});

test('by hand: the average follows by 2 % a second', () => {
  // mu: 100, then 0.98·100 + 0.02·140 = 100.8, threshold 151.2: 151 is below it.
  expect(watched([...usual, 140, 151, 151, 151, 151, ...usual]).finding().state).toBe('quiet');
  // 152 >= 151.2, and while it is above nothing is learned.
  expect(watched([...usual, 140, 152, 152, 152, 152]).finding()).toMatchObject({ state: 'fires', onset: 11 * SEC });
});

test('below 30 a second nothing is fast', () => {
  expect(watched([...usual.map(() => 1), 29, 29, 29, 29, 29]).finding().state).toBe('quiet');
  expect(watched([...usual.map(() => 1), 30, 30, 30, 30]).finding().state).toBe('fires');
});

test('without ten seconds from before it cannot judge', () => {
  expect(watched([1000, 1000, 1000, 1000, 1000]).finding()).toMatchObject({ state: 'cannot-judge', onset: -1 });
});

test('a capture whose first seconds are the busiest cannot judge what came then', () => {
  const first = [23_000, 600, 0, 10_000, 2500, 0, 0, 0, 0, 0];
  const { state, sentence, evidence } = watched([...first, 0, 0, 80, 90, 70]).finding();
  expect([state, sentence]).toEqual([
    'cannot-judge',
    'Most SYNs came in the first 10 s, at most 23,000 in a second, so nothing shows what is usual here.',
  ]);
  // By hand: 36,100 in ten seconds are 3,610 a second; after two without SYNs 3,467, half as many again 5,201, and so on:
  // 1.5 · 3610 · 0.98^3 + 1.5 · 0.02 · 80 = 5,099 in the second of 90.
  expect(evidence.slice(0, 3)).toEqual([
    { label: 'most SYNs, copies included, in one of the first 10 seconds', value: '23,000' },
    { label: 'most in a second after them', value: '90' },
    { label: 'threshold in that second', value: '5,099 a second' },
  ]);
});

test('ten seconds and no SYN since: no second after them to tell of', () => {
  const { evidence } = watched([...usual, 0, 0]).finding();
  expect(evidence.map(({ label }) => label)).toEqual([
    'most SYNs, copies included, in one of the first 10 seconds',
    'moving average at the end',
  ]);
});

test('an alarm that lasts does not become usual', () => {
  const { state, end } = watched([...usual, ...Array.from({ length: 600 }, () => 1000)]).finding();
  expect([state, end]).toEqual(['fires', 610 * SEC]);
});

test('silence in one step or second by second: the same', () => {
  fc.assert(
    fc.property(fc.nat(9), fc.nat(100), fc.nat(300), (seconds, rate, silence) => {
      const a = watched(Array.from({ length: seconds }, () => rate));
      const b = watched(Array.from({ length: seconds }, () => rate));
      a.idle(silence);
      for (let i = 0; i < silence; i++) b.idle(1);
      expect(a.finding().state).toBe(b.finding().state);
      // Printed to a tenth, so that what differs in the last bit may differ by one of those.
      const averages = [a, b].map((d) => Number.parseFloat(d.finding().evidence.at(-1)!.value.replaceAll(',', '')));
      expect(Math.abs(averages[0]! - averages[1]!)).toBeLessThan(0.11);
    }),
  );
});
