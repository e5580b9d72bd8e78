import { describe, expect, test } from 'vitest';
import { Rng } from '../sim/rng.ts';
import { isnQuality } from './isn-quality.ts';

const MS = 1e6;
const COUNT = 200;

describe('how initial sequence numbers were chosen', () => {
  test('too few to say', () => {
    expect(kindOf((i) => i * 1000, 11)).toBe('too-few');
  });

  test('constant', () => {
    expect(kindOf(() => 674719801)).toBe('constant');
  });

  test('few values', () => {
    expect(kindOf((i) => [5, 900_000_000, 4_000_000_001][(i * i) % 3]!)).toBe('few-values');
  });

  test('random in the upper half only, as some flood tools make them', () => {
    const rng = new Rng(1, 2, 3, 4);
    const quality = isnQuality(
      'clients',
      times(),
      numbers(() => rng.below(0x1_0000) * 0x1_0000),
      COUNT,
    );
    expect(quality.kind).toBe('few-values');
    expect(quality.sentence).toContain('lowest 16 bits');
    expect(quality.sentence).toContain('only 65,536 occur');
  });

  test('a counter: by one, by 64,000 for each connection (4.2BSD), and across the end of the number space', () => {
    expect(kindOf((i) => 1000 + i)).toBe('counter');
    expect(kindOf((i) => 64_000 * i)).toBe('counter');
    expect(kindOf((i) => 2 ** 32 - 100_000 + 1000 * i)).toBe('counter');
  });

  test('a counter that others advance, too', () => {
    const rng = new Rng(1, 2, 3, 4);
    let isn = 7;
    expect(kindOf(() => (isn += 1 + rng.below(5000)))).toBe('counter');
  });

  test('the clock of RFC 793, 4 µs a tick, seen with jitter; and it wraps', () => {
    const quality = isnQuality(
      'server',
      times(),
      numbers((i) => 2 ** 32 - 9e6 + (times()[i]! / 1e9) * 250_000 + jitter(i)),
      COUNT,
    );
    expect(quality.kind).toBe('clock');
    expect(quality.sentence).toContain('250,000 ticks a second, as in RFC 793');
  });

  test('a clock of another rate', () => {
    expect(kindOf((i) => (times()[i]! / 1e9) * 3_000_000 + jitter(i))).toBe('clock');
  });

  test('RFC 6528: a clock plus a hash of the sockets looks random between sockets', () => {
    const rng = new Rng(5, 6, 7, 8);
    expect(kindOf((i) => (times()[i]! / 1e9) * 250_000 + rng.uint32())).toBe('random');
  });

  test('random numbers are never taken for anything else', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const rng = new Rng(seed, 2, 3, 4);
      expect(kindOf(() => rng.uint32(), 12 + (seed % 50))).toBe('random');
    }
  });
});

function kindOf(isn: (i: number) => number, count = COUNT): string {
  return isnQuality('clients', times(), numbers(isn), count).kind;
}

/** Connections 5 to 200 ms apart. */
function times(): number[] {
  const rng = new Rng(9, 9, 9, 9);
  let at = 0;
  return Array.from({ length: COUNT }, () => (at += (5 + rng.below(195)) * MS));
}

function numbers(isn: (i: number) => number): number[] {
  return Array.from({ length: COUNT }, (_, i) => Math.round(isn(i)) >>> 0);
}

function jitter(i: number): number {
  return (i * 37) % 100;
}
