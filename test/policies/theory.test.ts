/** The defences against closed formulas and published tables: what a flood leaves of a client's chances. */
import { describe, expect, test } from 'vitest';
import { stream } from '../../src/sim/rng.ts';
import { oldestDrop } from '../../src/tcp/policy/oldest-drop.ts';
import { randomDrop } from '../../src/tcp/policy/random-drop.ts';
import type { ListenPolicy } from '../../src/tcp/policy/types.ts';
import { Bout } from './bout.ts';

/** Whether a client passes whose SYN comes to a full queue of `capacity` and whose ACK follows `n` further SYNs. */
function passes(capacity: number, n: number, policy: ListenPolicy): boolean {
  const bout = new Bout({ backlog: capacity - 1, policy });
  bout.flood(1, 1 + capacity);
  bout.syn(0);
  bout.flood(1 + capacity, 1 + capacity + n);
  return bout.ack(0);
}

/** Half the width of the band that holds 99.9 % of binomial samples, normal approximation. */
const band = (p: number, samples: number): number => 3.291 * Math.sqrt((p * (1 - p)) / samples);

describe('random drop: P = (1 - 1/B)^n (Ricciulli, Lincoln, Kakkar 1999)', () => {
  // n = rate × RTT of 0.1 s, so 100, 500, 1000 and 5000 SYN/s.
  test.each([
    [128, 10, 0.925],
    [128, 50, 0.676],
    [128, 100, 0.456],
    [128, 500, 0.02],
    [256, 100, 0.676],
    [1024, 500, 0.614],
  ])('B = %i, %i SYNs in a round trip: %f', (capacity, n, table) => {
    const p = (1 - 1 / capacity) ** n;
    expect(p).toBeCloseTo(table, 3);
    const samples = Math.min(1500, Math.ceil(500_000 / (capacity + n)));
    let passed = 0;
    for (let seed = 0; seed < samples; seed++) {
      const random = stream(seed, 'random-drop');
      if (
        passes(
          capacity,
          n,
          randomDrop((k) => random.below(k)),
        )
      )
        passed++;
    }
    expect(Math.abs(passed / samples - p)).toBeLessThan(band(p, samples));
  });
});

describe('oldest-drop: a step at n = B, that is at a rate of B / RTT (RFC 4987 §3.4)', () => {
  test.each([1, 2, 128, 1024])('B = %i', (capacity) => {
    for (const n of [0, Math.floor(capacity / 2), capacity - 1])
      expect(passes(capacity, n, oldestDrop()), `${n} SYNs`).toBe(true);
    for (const n of [capacity, capacity + 1, 3 * capacity])
      expect(passes(capacity, n, oldestDrop()), `${n} SYNs`).toBe(false);
  });
});
