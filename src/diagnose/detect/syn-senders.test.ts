/** A host and its first socket share what they count of senders until they differ: each must be as if it had counted alone. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ToldAttempts } from '../../../test/support/told-attempts.ts';
import { hashHandle } from './key-hash.ts';
import { SynShape } from './syn-shape.ts';
import { TallySketch } from './tally-sketch.ts';

const SEC = 1e9;
const HOSTS = [0xcb007150, 0xcb007151];

const syn = fc.record({
  server: fc.constantFrom(...HOSTS, HOSTS[0]!),
  // Mostly one port, so that some hosts never part from it and others do late.
  port: fc.constantFrom(80, 80, 80, 80, 80, 80, 80, 443),
  client: fc.integer({ min: 1, max: 400 }),
  ttl: fc.constantFrom(52, 64, 242),
  print: fc.constantFrom(0, 1),
});

test('sources and traits of every host and socket are those of a count of its own', () => {
  fc.assert(
    // A place for one socket only: it is given to busier ones, and the host goes on alone.
    fc.property(fc.array(syn, { maxLength: 400 }), fc.constantFrom(1, 384), (syns, mostWatched) => {
      const told = new ToldAttempts({ mostWatched });
      const alone = new Map<string, { sources: TallySketch; shape: SynShape }>();
      for (const [i, { server, port, client, ttl, print }] of syns.entries()) {
        const row = told.syn({ at: i * 1e7, server, port, client, ttl, print });
        for (const target of [`${server} -1`, `${server} ${port}`]) {
          const own = alone.get(target) ?? { sources: new TallySketch(), shape: new SynShape() };
          alone.set(target, own);
          own.sources.add(client, hashHandle(client, 0));
          own.shape.add(told.segment, ttl, print, 0);
        }
        if (i % 3 === 0) told.synack(i * 1e7, row);
      }
      told.ledger.finish(syns.length * SEC);
      for (const { address, port, sources, traits, counts, watched } of told.ledger.report(syns.length * SEC).targets) {
        // Who came to be watched late has not counted what was before.
        if (watched < counts.attempts) continue;
        const own = alone.get(`${address} ${port}`)!;
        expect(sources).toEqual(own.sources.read());
        const { attempts, ttls, withoutOptions, portRepeated } = own.shape.read(() => new Uint8Array(0));
        expect(traits).toMatchObject({ attempts, ttls, withoutOptions, portRepeated });
      }
    }),
    { numRuns: 300 },
  );
});

test('what a host has counted together with a socket is kept when it goes on at another', () => {
  const told = new ToldAttempts();
  for (let i = 0; i < 70; i++) told.syn({ at: i, client: 1 + i, port: 80 });
  for (let i = 0; i < 50; i++) told.syn({ at: SEC + i, client: 1000 + i, port: 443 });
  told.ledger.finish(2 * SEC);
  const { targets } = told.ledger.report(2 * SEC);
  expect(targets.map((t) => [t.port, t.sources.total, t.sources.distinct.count, t.traits.attempts])).toEqual([
    [-1, 120, 120, 120],
    [80, 70, 70, 70],
    [443, 50, 50, 50],
  ]);
  expect(targets[0]!.rate.newSources).toEqual([70, 50]);
});
