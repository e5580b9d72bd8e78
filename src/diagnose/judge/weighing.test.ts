/** Single reasons, on counts written by hand. Whole judgements: test/judgements.test.ts. */
import { describe, expect, test } from 'vitest';
import { aProfile, aSource, aTally } from '../../../test/support/profile-builder.ts';
import { findPortEntropy } from '../detect/dst-port-entropy.ts';
import { findSourceEntropy } from '../detect/source-entropy.ts';
import { findFingerprint } from '../detect/syn-fingerprint.ts';
import type { TargetProfile } from '../detect/target-profile.ts';
import { sourceStatistics } from '../source-statistics.ts';
import { Reasons } from './confidence.ts';
import { type Case, caseOf, type Surroundings } from './subject-case.ts';
import { weighFlashCrowd, weighRetryStorm } from './weigh-crowd.ts';
import { weighFlood } from './weigh-flood.ts';
import { weighScan } from './weigh-scan.ts';

const ALONE = {
  live: false,
  parts: 0,
  known: [],
  answers: 0,
  silent: 0,
  view: 'both-directions',
  format: String,
} as const;
const STRANGERS = { neighbours: 0, down: 0 };
const BOTH = { shows: 'handshakes', wentOn: 0 } as const;

test('confidence is the logistic function of the sum, and the weightiest reason stands first', () => {
  const reasons = new Reasons();
  reasons.add(-1, 'a');
  reasons.add(3, 'b');
  const { score, level, because } = reasons.confidence();
  expect(score).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  expect(level).toBe('medium');
  expect(because.map((reason) => reason.sentence)).toEqual(['b', 'a']);
});

test('a sentence among reasons is a clause like them; SYN stays SYN', () => {
  const reasons = new Reasons();
  reasons.quote(1, 'More is opened than ends: 1.5 rose.', 'cusum-fin');
  reasons.quote(1, 'SYNs came faster than usual.', 'syn-rate');
  expect(reasons.list.map((reason) => reason.sentence)).toEqual([
    'more is opened than ends: 1.5 rose',
    'SYNs came faster than usual',
  ]);
});

describe('flood', () => {
  test('fewer unfinished attempts at once than any backlog holds: not even asked', () => {
    expect(weighFlood(flooded({ attempts: 49 }))).toBeUndefined();
    expect(weighFlood(flooded({ attempts: 50 }))).toBeDefined();
  });

  test('each sign of a tool adds; each sign of a client takes away', () => {
    const plain = sum(weighFlood(flooded({ attempts: 1000 })));
    const bare = sum(weighFlood(flooded({ attempts: 1000, withoutOptions: 1000 })));
    expect(bare - plain).toBe(3);
    const silent = sum(weighFlood(flooded({ attempts: 1000, silent: 1000 })));
    expect(silent - plain).toBe(2.5);
    const patient = { resending: { backoff: 900, copies: 0, never: 100, notWatched: 0 } };
    expect(sum(weighFlood(flooded({ attempts: 10_000 }, patient)))).toBeLessThan(plain - 3);
  });

  test('clients that go on were answered: what completes where no answers are, and what is not seen where some are', () => {
    const { counts } = aProfile();
    const part = (answered: number, elsewhere: number) =>
      weighFlood(
        caseOf(
          aProfile({
            counts: { ...counts, attempts: 1000, answered, completed: 0 },
            unfinished: unfinished({ attempts: 1000 - elsewhere, elsewhere }),
          }),
          ALONE,
        ),
      )!.list.find((reason) => reason.sentence.includes('went on after their SYN'))!.weight;
    expect(part(0, 940)).toBe(-1);
    expect(part(0, 400)).toBe(0.5);
    expect(part(50, 400)).toBe(-3);
  });

  test('ten entries of each of thirteen sources, 128 in all, are more than clients open', () => {
    const held = (sources: number, each: number) => {
      const idle = aSource({ attempts: each, answered: each, refused: 0, aborted: 0 });
      const known = Array.from({ length: sources }, (_, i) => ({ ...idle, address: i }));
      const silent = sources * each;
      const c = flooded({ attempts: silent, silent, sources: { count: sources, error: 0 } }, {}, { known, silent });
      return weighFlood(c)!.list.some((reason) => reason.sentence.includes('entries at once'));
    };
    expect(held(13, 10)).toBe(true);
    expect(held(12, 10)).toBe(false);
    expect(held(30, 9)).toBe(false);
    expect(held(1, 128)).toBe(true);
  });
});

describe('scan', () => {
  test('1,000 ports of one host, five of them open', () => {
    expect(sum(weighScan(aSource(), STRANGERS, BOTH))).toBeGreaterThan(4);
  });

  test('as many sockets, nearly all of which let it in', () => {
    const browsing = aSource({
      hosts: { count: 400, error: 0 },
      ports: { count: 2, error: 0 },
      refused: 0,
      answered: 990,
      completed: 990,
    });
    expect(sum(weighScan(browsing, STRANGERS, BOTH))).toBeLessThan(0);
  });

  test('sixty sockets that answer nobody: a scanner asks once, a client of what is down waits, as others do', () => {
    const tried = aSource({
      attempts: 60,
      sockets: { count: 60, error: 0 },
      hosts: { count: 60, error: 0 },
      refused: 0,
    });
    const client = { ...tried, ports: { count: 1, error: 0 }, answered: 0, aborted: 0, synAgain: 150 };
    expect(sum(weighScan(client, { neighbours: 60, down: 1 }, BOTH))).toBeLessThan(0);
    expect(sum(weighScan({ ...client, synAgain: 0 }, { neighbours: 60, down: 1 }, BOTH))).toBeGreaterThan(2);
    expect(sum(weighScan(client, { neighbours: 60, down: 0.2 }, BOTH))).toBeGreaterThan(0);
  });

  test('seven sockets are no scan', () => {
    expect(weighScan(aSource({ attempts: 7, sockets: { count: 7, error: 0 } }), STRANGERS, BOTH)).toBeUndefined();
  });
});

describe('crowds', () => {
  test('a storm is of SYNs that go again, a flood of SYNs that do not', () => {
    const resending = { backoff: 500, copies: 0, never: 0, notWatched: 0 };
    const parts = { resending, sources: aTally(1000, 50) };
    expect(sum(weighRetryStorm(flooded({ attempts: 1000 }, parts)))).toBeGreaterThan(2);
    const never = { ...resending, backoff: 0, never: 500 };
    expect(
      sum(weighRetryStorm(flooded({ attempts: 1000, withoutOptions: 1000 }, { ...parts, resending: never }))),
    ).toBeLessThan(0);
  });

  test('a busy hour of served clients is no crowd', () => {
    expect(weighFlashCrowd(caseOf(aProfile(), ALONE))).toBeUndefined();
  });
});

describe('forged sources', () => {
  test('5,000 addresses that keep silent and come once', () => {
    const statistics = sourceStatistics(flooded({ attempts: 5000, silent: 5000, sources: { count: 5000, error: 0 } }));
    expect(statistics.spoofed).toBe('spoofed');
  });

  test('ten addresses over and over', () => {
    expect(sourceStatistics(flooded({ attempts: 5000, silent: 5000, sources: { count: 10, error: 0 } })).spoofed).toBe(
      'not-spoofed',
    );
  });

  test('too few to tell', () => {
    expect(sourceStatistics(flooded({ attempts: 19 })).spoofed).toBe('cannot-tell');
  });
});

describe('detectors', () => {
  test('source entropy: as many sources as attempts have all there can be', () => {
    expect(findSourceEntropy(aProfile({ sources: aTally(1024, 1024) }))).toMatchObject({ state: 'fires', value: 1 });
    // log2 32 of log2 1024.
    expect(findSourceEntropy(aProfile({ sources: aTally(1024, 32) }))).toMatchObject({ state: 'quiet', value: 0.5 });
    expect(findSourceEntropy(aProfile({ sources: aTally(49, 49) })).state).toBe('cannot-judge');
  });

  test('port entropy: 2 to the power of H is how many ports there are in effect', () => {
    expect(findPortEntropy(aProfile({ scope: 'host', ports: aTally(640, 64) }))).toMatchObject({
      state: 'fires',
      value: 64,
    });
    expect(findPortEntropy(aProfile({ scope: 'host', ports: aTally(640, 16) })).state).toBe('quiet');
  });

  test('fingerprint: two signs fire', () => {
    const bare = flooded({ attempts: 100, withoutOptions: 100 });
    expect(findFingerprint(bare)).toMatchObject({ state: 'quiet', value: 1 });
    const never = { resending: { backoff: 0, copies: 0, never: 100, notWatched: 0 } };
    expect(findFingerprint(flooded({ attempts: 100, withoutOptions: 100 }, never))).toMatchObject({
      state: 'fires',
      value: 2,
    });
  });
});

/** So many attempts within two seconds, none of them completed, from as many addresses. */
function flooded(
  parts: Partial<TargetProfile['unfinished']>,
  more: Partial<TargetProfile> = {},
  around: Partial<Surroundings> = {},
): Case {
  const u = unfinished(parts);
  const { counts, traits, rate } = aProfile();
  const half = u.attempts / 2;
  return caseOf(
    aProfile({
      counts: { ...counts, attempts: u.attempts, answered: Math.max(1, u.silent), completed: 0, fin: 0 },
      traits: { ...traits, attempts: u.attempts, withoutOptions: u.withoutOptions },
      rate: { ...rate, syn: [half, half], completed: [0, 0] },
      sources: aTally(u.attempts, u.sources.count),
      unfinished: u,
      peakRate: half,
      ...more,
    }),
    { ...ALONE, ...around },
  );
}

function unfinished(parts: Partial<TargetProfile['unfinished']>): TargetProfile['unfinished'] {
  const none = aProfile().unfinished;
  const attempts = parts.attempts ?? 0;
  return { ...none, sources: { count: attempts, error: 0 }, ...parts };
}

function sum(reasons: Reasons | undefined): number {
  return reasons?.sum ?? Number.NaN;
}
