import { describe, expect, test } from 'vitest';
import { ToldAttempts } from '../../../test/support/told-attempts.ts';
import type { TargetProfile } from './target-profile.ts';

const SEC = 1e9;
const SERVER = 0xcb007150;

/** The profile of one target. */
function at(told: ToldAttempts, end: number, address: number, port: number): TargetProfile {
  told.ledger.finish(end);
  const found = told.ledger.report(end).targets.find((t) => t.address === address && t.port === port);
  if (found === undefined) throw new Error(`no profile of ${address}:${port}`);
  return found;
}

const stateOf = (profile: TargetProfile, detector: string) =>
  profile.findings.find((f) => f.detector === detector)?.state;

describe('counts', () => {
  test('what happens to an attempt counts at its socket, at its host, in the capture and of its source', () => {
    const told = new ToldAttempts();
    told.handshake({ at: 0, client: 1, port: 80 });
    const refused = told.syn({ at: SEC, client: 1, port: 22 });
    told.refuse(SEC + 1, refused);
    const silent = told.syn({ at: 2 * SEC, client: 2, port: 80 });
    told.synAgain(3 * SEC, silent);
    told.synack(3 * SEC, silent);
    told.synack(4 * SEC, silent);
    told.reset(5 * SEC, silent, true);
    told.ledger.finish(6 * SEC);
    const { capture, targets, sources } = told.ledger.report(6 * SEC);
    const counted = (t: TargetProfile) => {
      const { attempts, synAgain, answered, synackAgain, completed, refused, aborted, fin } = t.counts;
      return [t.scope, t.port, attempts, synAgain, answered, synackAgain, completed, refused, aborted, fin];
    };
    expect(counted(capture)).toEqual(['capture', -1, 3, 1, 2, 1, 1, 1, 1, 1]);
    expect(targets.map(counted)).toEqual([
      ['host', -1, 3, 1, 2, 1, 1, 1, 1, 1],
      ['socket', 80, 2, 1, 2, 1, 1, 0, 1, 1],
      ['socket', 22, 1, 0, 0, 0, 0, 1, 0, 0],
    ]);
    expect(sources.map((s) => [s.address, s.attempts, s.completed, s.refused, s.aborted, s.ports.count])).toEqual([
      [1, 2, 1, 1, 0, 2],
      [2, 1, 0, 0, 1, 1],
    ]);
  });

  test('curve, sources and traits add up to the counts', () => {
    const told = new ToldAttempts();
    for (let i = 0; i < 1000; i++)
      told.syn({ at: i * 20e6, client: 0xc6336400 + (i % 250), ttl: 60 + (i % 2), print: i % 2 });
    const profile = at(told, 20 * SEC, SERVER, 80);
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    expect(sum(profile.rate.syn)).toBe(1000);
    expect(profile.rate.syn).toEqual(Array.from({ length: 20 }, () => 50));
    expect(profile.rate.halfOpen.at(-1)).toBe(1000);
    expect(profile.peakRate).toBe(50);
    expect(profile.sources.total).toBe(1000);
    expect(Math.abs(profile.sources.distinct.count - 250)).toBeLessThan(15);
    expect(profile.traits).toMatchObject({ attempts: 1000, withoutOptions: 500, unrouted: 1000, impossible: 0 });
    expect(profile.traits.ttls).toEqual([
      { ttl: 60, attempts: 500 },
      { ttl: 61, attempts: 500 },
    ]);
    expect(profile.traits.prints).toEqual([
      { window: 64_240, kinds: [], attempts: 500 },
      { window: 64_240, kinds: [2, 4, 8, 1, 3], attempts: 500 },
    ]);
    expect(profile.synSamples.at.length).toBe(profile.synSamples.packet.length);
    expect(profile.synSamples.packet[1]! - profile.synSamples.packet[0]!).toBe(1);
  });
});

describe('findings at one socket', () => {
  test('a flood after quiet seconds: all five detectors see it', () => {
    const told = new ToldAttempts();
    for (let i = 0; i < 300; i++) told.handshake({ at: i * 100e6, client: 0x0a000001 + i });
    for (let i = 0; i < 30_000; i++) {
      const row = told.syn({ at: 30 * SEC + i * 1e6, client: 0x20000000 + 7919 * i, ttl: 242, print: 0 });
      if (i % 10 === 0) told.synack(30 * SEC + i * 1e6, row);
    }
    const profile = at(told, 60 * SEC, SERVER, 80);
    expect(profile.findings.map((f) => [f.detector, f.state, Math.floor(f.onset / SEC)])).toEqual([
      ['syn-rate', 'fires', 30],
      ['cusum-fin', 'fires', 20],
      ['cusum-answers', 'fires', 20],
      ['completion-ratio', 'fires', 30],
      ['half-open', 'fires', 30],
    ]);
    expect(profile.queue?.peak).toBe(30_000);
    const full = profile.queue?.backlogs.map((b) => [b.backlog, b.full]);
    expect(full).toEqual([
      [128, true],
      [256, true],
      [511, true],
      [512, true],
      [1024, true],
      [4096, true],
      [65_536, false],
    ]);
    // 1,000 a second: 128 entries are reached 0.128 s after the flood begins.
    expect(profile.queue!.backlogs[0]!.fullAt / SEC).toBeCloseTo(30.128, 2);
    expect(profile.queue?.enough).toBe(30_001);
  });

  test('steady traffic that completes: none fires', () => {
    const told = new ToldAttempts();
    for (let i = 0; i < 6000; i++) told.handshake({ at: i * 10e6, client: 0x0a000001 + (i % 500) });
    const profile = at(told, 60 * SEC, SERVER, 80);
    expect(profile.findings.filter((f) => f.state === 'fires')).toEqual([]);
    expect(profile.queue?.peak).toBeLessThan(4);
  });

  test('a closed port: no entry, so no queue to fill', () => {
    const told = new ToldAttempts();
    for (let i = 0; i < 2000; i++) told.refuse(i * 1e6 + 1000, told.syn({ at: i * 1e6, client: 0x20000000 + i }));
    const profile = at(told, 3 * SEC, SERVER, 80);
    expect(profile.queue).toMatchObject({ applies: false });
    expect(profile.queue?.sentence).toContain('The port was closed: 2,000 of 2,000 attempts were refused');
    expect(stateOf(profile, 'half-open')).toBe('cannot-judge');
    expect(stateOf(profile, 'completion-ratio')).toBe('quiet');
  });

  test('one direction only: an upper bound, and it says so', () => {
    const told = new ToldAttempts();
    for (let i = 0; i < 2000; i++) told.syn({ at: i * 1e6, client: 0x20000000 + i });
    const profile = at(told, 2 * SEC, SERVER, 80);
    expect(profile.queue).toMatchObject({ applies: true, peak: 2000, lifetime: 63 });
    expect(profile.queue?.sentence).toContain('upper bound');
    expect(stateOf(profile, 'cusum-answers')).toBe('cannot-judge');
    // A capture that begins within the flood shows nothing of what is usual.
    expect(stateOf(profile, 'syn-rate')).toBe('cannot-judge');
  });

  test('the lifetime of entries is read from SYN/ACKs that were seen to end', () => {
    const told = new ToldAttempts();
    for (let i = 0; i < 20; i++) {
      const row = told.syn({ at: i * SEC, client: 0x20000000 + i });
      // tcp_synack_retries 2: after 1 s and 3 s, gone after 7.
      for (const after of [0, 1, 3]) told.synack((i + after) * SEC, row);
    }
    told.retireAll(60 * SEC);
    const profile = at(told, 60 * SEC, SERVER, 80);
    expect(profile.queue).toMatchObject({ lifetime: 7, peak: 7 });
  });
});

test('SYN/ACKs that are never repeated are cookies, and those leave no entry', () => {
  const told = new ToldAttempts();
  for (let i = 0; i < 200; i++) told.synack(i * 1e6, told.syn({ at: i * 1e6, client: 0x20000000 + i }));
  told.retireAll(10 * SEC);
  const { queue } = at(told, 10 * SEC, SERVER, 80);
  expect(queue?.applies).toBe(false);
  expect(queue?.sentence).toContain('sent only once though nobody acknowledged them (200 attempts)');
});

describe('bounds', () => {
  test('a scan of many sockets: counts stay exact for the capture, and what gave way is counted', () => {
    const told = new ToldAttempts({ mostTargets: 500, mostWatched: 20 });
    for (let i = 0; i < 20_000; i++) told.syn({ at: i * 1e6, client: 5, server: 0xc6120000 + (i >> 7), port: i & 127 });
    for (let i = 0; i < 600; i++) told.syn({ at: (20_000 + i) * 1e6, client: 100 + i, server: SERVER, port: 80 });
    told.ledger.finish(21 * SEC);
    const report = told.ledger.report(21 * SEC);
    expect(report.capture.counts.attempts).toBe(20_600);
    expect(report.targets.length).toBeLessThanOrEqual(40);
    expect(report.forgotten.targets).toBeGreaterThan(15_000);
    // The flood that begins after the scan has taken all room is watched from its second SYN on.
    const flooded = report.targets.find((t) => t.address === SERVER && t.port === 80)!;
    expect([flooded.counts.attempts, flooded.watched]).toEqual([600, 599]);
    const scanner = report.sources[0]!;
    expect([scanner.address, scanner.attempts - scanner.over]).toEqual([5, 20_000]);
    expect(Math.abs(scanner.sockets.count / 20_000 - 1)).toBeLessThan(0.35);
    expect(Math.abs(scanner.ports.count / 128 - 1)).toBeLessThan(0.35);
  });

  test('years without a packet cost nothing and leave nothing half-open', () => {
    const told = new ToldAttempts();
    told.syn({ at: 0, client: 1 });
    told.syn({ at: 1e17, client: 2 });
    const profile = at(told, 1e17 + SEC, SERVER, 80);
    expect(profile.rate.syn.length).toBeLessThanOrEqual(600);
    expect(profile.rate.syn.reduce((a, b) => a + b, 0)).toBe(2);
    expect(profile.queue?.peak).toBe(1);
  });

  test('strays count at whom they reach and at whom they come from', () => {
    const told = new ToldAttempts();
    for (let i = 0; i < 100; i++) told.stray(i * 1e6, 1000 + (i % 40), 7);
    told.ledger.finish(SEC);
    const { capture, targets } = told.ledger.report(SEC);
    expect(capture.counts).toMatchObject({ strayReceived: 100, straySent: 100 });
    expect([capture.peakStrays, capture.rate.strayReplies]).toEqual([100, [100]]);
    const reached = targets.find((t) => t.address === 7);
    expect([reached?.scope, reached?.counts.strayReceived, reached?.peakStrays]).toEqual(['host', 100, 100]);
  });
});
