/** Those that had had time to complete are counted apart only from the first that had not: as if both always were. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DistinctSketches } from './distinct-sketch.ts';
import { LooseEnd, LooseEnds } from './loose-ends.ts';

const end = fc.record({
  waited: fc.constantFrom(0, 0.5e9, 0.999e9, 1e9, 5e9, Infinity, Infinity, Infinity, Infinity, Infinity),
  ttl: fc.integer({ min: 60, max: 64 }),
  bare: fc.boolean(),
  silent: fc.boolean(),
  sourceHash: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
});

test('those that had had time to complete are the same, whenever the first that had not comes', () => {
  fc.assert(
    fc.property(fc.array(end, { maxLength: 200 }), (ends) => {
      const counted = new LooseEnds();
      for (const one of ends) counted.add(Object.assign(new LooseEnd(), one));
      expect(counted.unfinished()).toEqual(plain(ends));
      // No handshake was seen, so a second is the time there is.
      expect(counted.settled()).toEqual(plain(ends.filter(({ waited }) => waited >= 1e9)));
    }),
  );
});

function plain(ends: readonly { ttl: number; bare: boolean; silent: boolean; sourceHash: number }[]): unknown {
  const sketch = new DistinctSketches(1, 9);
  for (const { sourceHash } of ends) sketch.add(0, sourceHash);
  const ttls = [...new Set(ends.map(({ ttl }) => ttl))].map((ttl) => ({
    ttl,
    attempts: ends.filter((one) => one.ttl === ttl).length,
  }));
  return {
    attempts: ends.length,
    elsewhere: 0,
    silent: ends.filter(({ silent }) => silent).length,
    sources: { count: Math.min(ends.length, Math.round(sketch.estimate(0))), error: sketch.error },
    withoutOptions: ends.filter(({ bare }) => bare).length,
    ttls: ttls.sort((a, b) => b.attempts - a.attempts || a.ttl - b.ttl),
  };
}
