import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HalfOpen } from './half-open.ts';
import { SynQueue } from './syn-queue.ts';
import { TimerWheel } from './timer-wheel.ts';
import { MS, type Nanos, SEC } from './types.ts';

const DAY = 86_400 * SEC;

/** The formula of the kernel in whole numbers without bounds: s from the length alone, then ((j + d >> s) + 1) << s. */
function oracle(now: Nanos, wait: Nanos, hz: number, phase: Nanos): bigint {
  const second = BigInt(SEC);
  const jiffy = ((BigInt(now) + BigInt(phase)) * BigInt(hz)) / second;
  const d = (BigInt(wait) * BigInt(hz) + second - 1n) / second;
  let s = 0n;
  for (let end = 63n; d >= end && s < 24n; end *= 8n) s += 3n;
  const fire = (((jiffy + d) >> s) + 1n) << s;
  return (fire * second + BigInt(hz) - 1n) / BigInt(hz) - BigInt(phase);
}

describe('TimerWheel', () => {
  test('HZ 250, armed at 0: 1 s and 2 s on the grid of 32 ms, 4 to 16 s on that of 256 ms, 32 s on that of 2048 ms', () => {
    const wheel = new TimerWheel({ hz: 250, phase: 0 });
    const at = [1, 2, 4, 8, 16, 32, 120].map((s) => wheel.fire(0, s * SEC) / MS);
    // By hand: 250 jiffies are in bucket 31 of 8, which ends at 256; 500 in bucket 62; 1000 in bucket 15 of 64 …
    expect(at).toEqual([1024, 2016, 4096, 8192, 16128, 32768, 120832]);
    expect([1, 2, 4, 8, 16, 32].map((s) => wheel.level(s * SEC))).toEqual([1, 1, 2, 2, 2, 3]);
  });

  test('a timer of less than 63 jiffies fires at the end of its jiffy', () => {
    const wheel = new TimerWheel({ hz: 250, phase: 0 });
    expect(wheel.fire(3 * MS, 200 * MS)).toBe(204 * MS);
    expect(wheel.fire(4 * MS, 200 * MS)).toBe(208 * MS);
    expect(wheel.level(248 * MS)).toBe(0);
    expect(wheel.level(252 * MS)).toBe(1);
  });

  test('later than asked for by at most one bucket, and equal to whole-number arithmetic over 100 days', () => {
    const hz = fc.constantFrom(100, 250, 300, 1000);
    const wait = fc.constantFrom(...[0.1, 1, 2, 4, 8, 16, 32, 64, 120].map((s) => s * SEC));
    fc.assert(
      fc.property(hz, wait, fc.nat(100 * DAY - 200 * SEC), fc.nat(5 * SEC), (rate, length, now, phase) => {
        const wheel = new TimerWheel({ hz: rate, phase });
        const fire = wheel.fire(now, length);
        expect(BigInt(fire)).toBe(oracle(now, length, rate, phase));
        const bucket = (8 ** wheel.level(length) * SEC) / rate;
        expect(fire).toBeGreaterThan(now + length - 1);
        expect(fire - now - length).toBeLessThanOrEqual(bucket + SEC / rate);
      }),
      { numRuns: 2000 },
    );
  });

  test('rates and phases that no kernel has are refused', () => {
    expect(() => new TimerWheel({ hz: 0, phase: 0 })).toThrow('hz must be a whole number from 1 to 10000, not 0');
    expect(() => new TimerWheel({ hz: 250, phase: -1 })).toThrow('phase must be a whole number of ns >= 0, not -1');
  });
});

describe('the order within one tick', () => {
  const WAITS = [1, 2, 4, 8, 16, 32].map((s) => s * SEC);

  /** A SYN queue on a wheel, beside the plainest model: all timers in one array, sorted when asked. */
  class Both {
    readonly wheel = new TimerWheel({ hz: 250, phase: 12_345_678 });
    readonly levels = Uint8Array.from(WAITS, (wait) => this.wheel.level(wait));
    readonly queue = new SynQueue(80, 100, 101, WAITS.length, Uint32Array.of(1, 2, 3, 4), this.levels);
    model: { id: number; timeouts: number; at: Nanos; level: number; armed: number }[] = [];
    #armed = 0;

    start(now: Nanos, id: number): void {
      const half = new HalfOpen();
      half.remote = id;
      half.synackAt = now;
      const at = this.wheel.fire(now, WAITS[0]!);
      this.queue.arm(this.queue.insert(half, 0), at);
      this.#note(id, 0, at);
    }

    again(now: Nanos, id: number, timeouts: number): void {
      const at = this.wheel.fire(now, WAITS[timeouts]!);
      this.queue.rearm(this.queue.find(0, id, 0), now, timeouts, at);
      this.#note(id, timeouts, at);
    }

    remove(id: number): void {
      this.queue.remove(this.queue.find(0, id, 0));
      this.model = this.model.filter((m) => m.id !== id);
    }

    /** Highest level first, then the most recently armed. */
    first(): { id: number; timeouts: number; at: Nanos } | undefined {
      return this.model.toSorted((a, b) => a.at - b.at || b.level - a.level || b.armed - a.armed)[0];
    }

    #note(id: number, timeouts: number, at: Nanos): void {
      this.model = this.model.filter((m) => m.id !== id);
      this.model.push({ id, timeouts, at, level: this.levels[timeouts]!, armed: this.#armed++ });
    }
  }

  test('any order of arming, re-arming and removing equals one sorted array', () => {
    const step = fc.record({
      op: fc.integer({ min: 0, max: 4 }),
      id: fc.integer({ min: 1, max: 40 }),
      // Mostly within one bucket of 32 ms, sometimes far ahead.
      dt: fc.oneof(fc.nat(10 * MS), fc.nat(3 * SEC)),
    });
    const half = new HalfOpen();
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 300 }), (steps) => {
        const both = new Both();
        let now = 0;
        for (const { op, id, dt } of steps) {
          now += 1 + dt;
          for (let next = both.first(); next !== undefined && next.at <= now; next = both.first()) {
            const row = both.queue.due(now);
            both.queue.read(row, half);
            expect([half.remote, both.queue.firesAt(row)]).toEqual([next.id, next.at]);
            if (next.timeouts < 5) both.again(next.at, next.id, next.timeouts + 1);
            else both.remove(next.id);
          }
          const known = both.model.find((m) => m.id === id);
          if (known === undefined) both.start(now, id);
          else if (op === 0) both.remove(id);
          else if (op === 1) both.again(now, id, known.timeouts);
          expect(both.queue.nextTimer()).toBe(both.first()?.at ?? Infinity);
          expect(both.queue.young).toBe(both.model.filter((m) => m.timeouts === 0).length);
        }
      }),
      { numRuns: 200 },
    );
  });
});
