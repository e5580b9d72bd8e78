import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BACKLOGS, LIFETIMES, QueueModel, RING } from './queue-model.ts';

const SEC = 1e9;
/** Numbers of T = 7 s and T = 63 s, and of B = 128. */
const T7 = 2;
const T63 = 5;
const B128 = 0;

function arrive(model: QueueModel, ts: number): void {
  model.arrive(1, ts, ts);
}

/** `perSecond[s]` attempts in second s, evenly; none departs. */
function arrivals(perSecond: readonly number[]): QueueModel {
  const model = new QueueModel(0);
  perSecond.forEach((n, s) => {
    for (let i = 0; i < n; i++) arrive(model, (s + i / n) * SEC);
    model.close(s + 1);
  });
  return model;
}

describe('without a limit', () => {
  test('R arrivals a second that live T seconds are R·T entries', () => {
    const model = arrivals(Array.from({ length: 200 }, () => 10));
    expect(LIFETIMES.map((_, t) => model.peak(t))).toEqual([10, 30, 70, 150, 310, 630, 1270]);
  });

  test('63 s after the last arrival none is left', () => {
    const model = arrivals([100]);
    expect(model.held(T63)).toBe(100);
    model.close(63);
    expect(model.held(T63)).toBe(100);
    // They came during second 0 and go during second 63.
    model.close(64);
    expect(model.held(T63)).toBe(0);
  });

  test('entries that leave at once are held for a moment only: the peak knows them, the seconds after do not', () => {
    const model = new QueueModel(0);
    for (let i = 0; i < 200; i++) arrive(model, i);
    for (let i = 0; i < 200; i++) model.depart(0);
    model.close(1);
    expect([model.peak(T63), model.held(T63)]).toEqual([200, 0]);
    // 128 were there at once, if only for a moment.
    expect(model.limited(T63, B128)?.fullAt).toBe(127);
    expect(model.limited(T63, B128)?.fullTime).toBe(0);
  });

  test('a departure a second too early (frames out of order) leaves nothing behind', () => {
    const model = new QueueModel(0);
    model.close(1);
    arrive(model, SEC);
    model.depart(0);
    model.close(2);
    expect(model.held(T63)).toBe(0);
  });
});

describe('with a limit', () => {
  test('by hand: 10 a second, T = 63 s, B = 128', () => {
    const model = arrivals(Array.from({ length: 100 }, () => 10));
    const queue = model.limited(T63, B128)!;
    // 120 are held after 12 s, so the 128th comes 8/10 into second 12.
    expect(queue.fullAt / SEC).toBeGreaterThan(12.6);
    expect(queue.fullAt / SEC).toBeLessThan(12.8);
    // Full for 0.2 s of second 12, and from then on: from 63 s on, each second frees as many places as its arrivals take.
    expect(queue.fullTime).toBeCloseTo(0.2 + 87, 6);
  });

  test('by hand: fewer arrive than grow old, then more: 20 a second for 7 s, 5 for 7 s, 20 again; T = 7 s, B = 128', () => {
    const rates = [20, 20, 20, 20, 20, 20, 20, 5, 5, 5, 5, 5, 5, 5, 20, 20, 20, 20, 20, 20, 20];
    const queue = arrivals(rates).limited(T7, B128)!;
    // 120 after 6 s, room for 8: full for 12/20 of second 6. Then 20 go and 5 come each second (8 go in second 13): not full.
    // From 14 on 5 go and 20 come: 35 + 15·6 = 125 after second 19, and in second 20 room 3 of 15 more: full for 12/15 of it.
    expect(queue.fullTime).toBeCloseTo(12 / 20 + 12 / 15, 5);
    expect(queue.fullAt / SEC).toBeCloseTo(6.35, 2);
  });

  test('a smaller T is full later or never', () => {
    const model = arrivals(Array.from({ length: 100 }, () => 10));
    expect(model.limited(T7, B128)).toBeUndefined();
  });

  test('what was turned away holds no place: a burst of 1,000 at once leaves as 128', () => {
    const model = arrivals([1000, 0, 0]);
    const queue = model.limited(T63, B128)!;
    expect(queue.held).toBe(128);
    // 0.872 of the first second, and the two after.
    expect(queue.fullTime).toBeCloseTo(2.872, 6);
    model.close(200);
    expect(queue.held).toBe(0);
    expect(queue.fullTime).toBeCloseTo(62.872, 6);
  });
});

/** The queue without a limit, entry by entry: whole seconds of arrival and of leaving. */
function slowly(events: readonly (readonly [second: number, stay: number])[], lifetime: number, at: number): number {
  return events.filter(([s, stay]) => s < at && s + Math.min(stay, lifetime) > at - 1).length;
}

test('against a list of all entries: what is held at the end of each second', () => {
  const event = fc.tuple(fc.nat(300), fc.oneof(fc.nat(5), fc.constant(1000)));
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (unsorted) => {
      const events = [...unsorted].sort((a, b) => a[0] - b[0]);
      const model = new QueueModel(0);
      for (let s = 0; s < 400; s++) {
        for (const [begun] of events) if (begun === s) arrive(model, s * SEC);
        for (const [begun, stay] of events) if (begun + stay === s) model.depart(begun);
        model.close(s + 1);
        for (const [t, life] of LIFETIMES.entries()) expect(model.held(t)).toBe(slowly(events, life, s + 1));
      }
    }),
    { numRuns: 15 },
  );
});

test('a limit is never exceeded, time full never longer than time, nothing NaN; more room is never full for longer', () => {
  const second = fc.tuple(fc.nat(400), fc.nat(400));
  fc.assert(
    fc.property(fc.array(second, { minLength: 1, maxLength: 150 }), (seconds) => {
      const model = new QueueModel(0);
      seconds.forEach(([begun, ended], s) => {
        for (let i = 0; i < begun; i++) arrive(model, s * SEC + i * 1e6);
        for (let i = 0; i < Math.min(ended, begun); i++) model.depart(s - (i % 2));
        model.close(s + 1);
      });
      for (const t of LIFETIMES.keys()) {
        let before = seconds.length;
        for (const [b, backlog] of BACKLOGS.entries()) {
          const queue = model.limited(t, b);
          if (queue === undefined) continue;
          expect(queue.held).toBeLessThanOrEqual(backlog + 1e-6);
          expect(queue.held).toBeGreaterThanOrEqual(0);
          expect(queue.fullTime).toBeGreaterThanOrEqual(0);
          expect(queue.fullTime).toBeLessThanOrEqual(before + 1);
          before = queue.fullTime;
          expect(queue.fullAt).toBeGreaterThanOrEqual(0);
          expect(queue.lastFullAt).toBeGreaterThanOrEqual(queue.fullAt);
        }
      }
    }),
    { numRuns: 30, seed: 1 },
  );
});

test('the ring is longer than the longest lifetime', () => {
  expect(RING).toBeGreaterThan(Math.max(...LIFETIMES));
});
