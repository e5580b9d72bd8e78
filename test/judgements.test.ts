/**
 * What a capture is judged to be, over stories whose truth is known because the test tells them: no false flood, no missed
 * one. `docs/detectors.md` says how a judgement comes about.
 */
import { describe, expect, test } from 'vitest';
import { Examiner, type Findings } from '../src/diagnose.ts';
import { ACK, RST, SYN } from '../src/wire/segment.ts';
import { BACKOFF, MS, person, SEC, SERVER, stackOf, Traffic } from './support/traffic.ts';
import {
  backscatter,
  flashCrowd,
  flood,
  healthChecks,
  loadTest,
  portScan,
  reflection,
  retryStorm,
  sweep,
  visitors,
} from './support/traffic-stories.ts';

const OURS = 0xcb00_7100;

describe('floods', () => {
  test('forged sources, seen from both sides', () => {
    const findings = judged(flood(visitors(new Traffic(), 0, 40, 5), { rate: 200, seconds: 20, from: 10 }));
    const [first] = findings.judgements;
    expect(kinds(findings)).toEqual(['flood']);
    expect(first!.subject).toMatchObject({ role: 'target', address: SERVER, port: 80 });
    expect(first!.sources.spoofed).toBe('spoofed');
    expect(first!.confidence.level).toBe('high');
    expect(first!.onset / SEC).toBeCloseTo(10, -0.5);
    expect(first!.telling.length).toBeGreaterThan(0);
  });

  test('the same, of which only what comes in was captured', () => {
    const t = flood(visitors(new Traffic(), 0, 30, 5), { rate: 200, seconds: 20, from: 5 });
    const findings = judged(t.keep((seg) => seg.dst === SERVER));
    expect(kinds(findings)).toEqual(['flood']);
    expect(findings.judgements[0]!.unknown.join(' ')).toContain('its side is not in the capture');
  });

  test.each([2.5, 4, 20, 65])('of %d SYN/s: a backlog of 128 fills, so it must be found', (rate) => {
    expect(kinds(judged(flood(visitors(new Traffic(), 0, 120, 10), { rate, seconds: 110, from: 5 })))).toEqual([
      'flood',
    ]);
  });

  test('beside a busy server: hundreds served a second', () => {
    expect(kinds(judged(flood(visitors(new Traffic(), 0, 30, 150), { rate: 20, seconds: 28, from: 1 })))).toEqual([
      'flood',
    ]);
  });

  test('with options as a real stack has them, and TTLs all over', () => {
    expect(
      kinds(judged(flood(visitors(new Traffic(), 0, 40, 20), { rate: 100, seconds: 30, from: 5, stack: stackOf }))),
    ).toEqual(['flood']);
  });

  test('against a closed port: it makes no half-open entries, and that is said', () => {
    const findings = judged(flood(new Traffic(), { rate: 100, seconds: 20, ends: 'refused' }));
    expect(kinds(findings)).toEqual(['flood']);
    expect(findings.judgements[0]!.sentence).toContain('no half-open entry');
  });

  test('with addresses whose owners reset what they did not ask for', () => {
    expect(
      kinds(judged(flood(visitors(new Traffic(), 0, 30, 10), { rate: 100, seconds: 25, ends: 'aborted' }))),
    ).toEqual(['flood']);
  });

  test('from 30 machines with addresses of their own', () => {
    const findings = judged(
      flood(visitors(new Traffic(), 0, 60, 10), {
        rate: 90,
        seconds: 50,
        source: (t) => person(900 + t.rng.below(30)),
      }),
    );
    expect(kinds(findings)).toEqual(['flood']);
    expect(findings.judgements[0]!.sources.spoofed).toBe('not-spoofed');
  });

  test('from one address', () => {
    expect(
      kinds(judged(flood(visitors(new Traffic(), 0, 30, 10), { rate: 300, seconds: 20, source: () => 0xc633_6407 }))),
    ).toEqual(['flood']);
  });

  test('of a filter that lets nothing through: no answer at all', () => {
    expect(kinds(judged(flood(new Traffic(), { rate: 100, seconds: 20, ends: 'unanswered' })))).toEqual(['flood']);
  });

  test('of all ports of one host: a flood of the host, not a scan', () => {
    const findings = judged(
      flood(new Traffic(), { rate: 300, seconds: 20, port: (t) => 1 + t.rng.below(65_000), ends: 'refused' }),
    );
    expect(kinds(findings)).toEqual(['flood']);
    expect(findings.judgements[0]!.subject).toMatchObject({ address: SERVER, port: -1 });
  });

  test('of a whole network', () => {
    const findings = judged(
      flood(new Traffic(), { rate: 400, seconds: 20, server: (t) => OURS + 1 + t.rng.below(250), ends: 'unanswered' }),
    );
    expect(kinds(findings)).toEqual(['flood']);
    expect(findings.judgements[0]!.subject).toMatchObject({ address: -1, prefix: '203.0.113.0/24' });
  });

  test('sampled 1 in 20', () => {
    const t = flood(visitors(new Traffic(), 0, 40, 20), { rate: 1000, seconds: 30, from: 5 });
    expect(kinds(judged(t.keep(() => t.rng.chance(0.05))))).toEqual(['flood']);
  });
});

describe('no floods', () => {
  test('visitors', () => {
    expect(kinds(judged(visitors(new Traffic(), 0, 40, 60)))).toEqual(['nothing']);
  });

  test('a flash crowd', () => {
    expect(kinds(judged(flashCrowd(visitors(new Traffic(), 0, 60, 3), 4000, 60)))).toEqual(['flash-crowd']);
  });

  test('thousands who come back after a restart', () => {
    const t = visitors(new Traffic(), 0, 20, 20);
    for (let n = 0; n < 4000; n++) {
      const at = 20 * SEC + t.rng.unit() * 4 * SEC;
      if (t.rng.chance(0.3))
        t.open({ at: at - SEC, client: person(n), clientPort: 2000 + (n % 50_000), ends: 'refused' });
      t.open({ at, client: person(n), clientPort: 3000 + (n % 50_000), ends: 'served' });
    }
    expect(['nothing', 'flash-crowd']).toContain(kinds(judged(t)).join());
  });

  test.each(['unanswered', 'refused'] as const)('a retry storm (%s)', (ends) => {
    expect(kinds(judged(retryStorm(new Traffic(), 20, 15, ends)))).toEqual(['retry-storm']);
  });

  test('a scan of ports', () => {
    const findings = judged(portScan(visitors(new Traffic(), 0, 10, 10), 1000, 500));
    expect(kinds(findings)).toEqual(['scan']);
    expect(findings.judgements[0]!.subject).toMatchObject({ role: 'source', address: 0xc633_6407 });
  });

  test('a scan of ports, of which only what comes in was captured', () => {
    const t = portScan(new Traffic(), 2000, 500);
    expect(kinds(judged(t.keep((seg) => seg.dst === SERVER)))).toEqual(['scan']);
  });

  test('a sweep of a network', () => {
    expect(kinds(judged(sweep(new Traffic(), 254, 50)))).toEqual(['scan']);
  });

  test('backscatter to many of our addresses, and to one', () => {
    expect(kinds(judged(backscatter(new Traffic(), 300, (t) => OURS + t.rng.below(250))))).toEqual(['backscatter']);
    expect(kinds(judged(backscatter(new Traffic(), 60, () => OURS + 5)))).toEqual(['backscatter']);
    expect(kinds(judged(backscatter(new Traffic(), 300, (t) => OURS + t.rng.below(250), 1)))).toEqual(['backscatter']);
  });

  test('reflection by many servers', () => {
    expect(kinds(judged(reflection(new Traffic(), 400, 2000)))).toEqual(['reflection']);
  });

  test('reflection by two, over and over', () => {
    const t = new Traffic();
    for (let i = 0; i < 300; i++) {
      const from = [person(i % 2), 21] as const;
      t.send(i * 2 * SEC, from, [OURS, 21], { flags: SYN | ACK, seq: 7 + (i % 2), ack: 9 }, stackOf(from[0]));
    }
    expect(kinds(judged(t))).toEqual(['reflection']);
  });

  test('health checks by the thousand', () => {
    expect(kinds(judged(healthChecks(visitors(new Traffic(), 0, 60, 5), 8, 600)))).toEqual(['nothing']);
  });

  test('a load test', () => {
    expect(kinds(judged(loadTest(new Traffic(), 6000, 3000)))).toEqual(['nothing']);
  });

  test('happy eyeballs: the loser of each race is reset or left', () => {
    const t = new Traffic();
    for (let n = 0; n < 2000; n++) {
      const at = n * 20 * MS;
      t.open({ at, client: person(n), clientPort: 5000, ends: 'served' });
      t.open({ at: at + MS, client: person(n), clientPort: 5001, ends: t.rng.chance(0.5) ? 'aborted' : 'given-up' });
    }
    expect(kinds(judged(t))).toEqual(['nothing']);
  });

  test('many clients behind one address', () => {
    const t = new Traffic();
    for (let n = 0; n < 2000; n++) {
      t.open({ at: n * 5 * MS, client: 0xc633_6402, clientPort: 1024 + n, ends: 'served', stack: stackOf(person(n)) });
    }
    expect(kinds(judged(t))).toEqual(['nothing']);
  });

  test('a capture of one side of good connections', () => {
    const inward = visitors(new Traffic(), 0, 40, 40).keep((seg) => seg.dst === SERVER);
    expect(kinds(judged(inward))).toEqual(['nothing']);
    const outward = visitors(new Traffic(), 0, 40, 40).keep((seg) => seg.src === SERVER);
    expect(kinds(judged(outward))).toEqual(['nothing']);
  });

  test('samples of good connections', () => {
    const t = visitors(new Traffic(), 0, 60, 150);
    expect(kinds(judged(t.keep(() => t.rng.chance(0.02))))).toEqual(['nothing']);
  });

  test('a capture that begins in the middle and loses packets', () => {
    const t = visitors(new Traffic(), 0, 90, 25);
    expect(kinds(judged(t.keep(({ ts }) => ts > 37 * SEC && t.rng.chance(0.9))))).toEqual(['nothing']);
  });

  test('one client that tries a dead server', () => {
    const t = new Traffic();
    t.open({ at: 0, client: person(1), clientPort: 40_000, ends: 'unanswered', again: BACKOFF });
    expect(kinds(judged(t))).toEqual(['nothing']);
  });

  test('a stray RST', () => {
    const t = new Traffic();
    t.send(0, [SERVER, 80], [person(1), 999], { flags: RST, seq: 5 }, stackOf(1));
    const findings = judged(t);
    expect(kinds(findings)).toEqual(['nothing']);
    expect(findings.judgements[0]!.sentence).toContain('among 1 reply to SYNs that are not in the capture');
  });
});

describe('nothing to judge', () => {
  test('no packets', () => {
    expect(judged(new Traffic()).judgements).toEqual([]);
  });

  test('the middle of a connection: neither an attempt nor a reply to one', () => {
    const t = new Traffic();
    const server = [SERVER, 80] as const;
    const client = [person(1), 999] as const;
    t.send(0, client, server, { flags: ACK, seq: 5, ack: 9 }, stackOf(1));
    t.send(1, server, client, { flags: ACK, seq: 9, ack: 5 }, stackOf(1));
    expect(judged(t).judgements).toEqual([]);
  });
});

function judged(t: Traffic): Findings {
  const examiner = new Examiner();
  for (const frame of t.frames()) examiner.onFrame(frame);
  examiner.finish();
  const findings = examiner.findings();
  // Reasons stand in one list, so they are all clauses: no capital but of a name, no full stop.
  for (const { confidence } of findings.judgements) {
    for (const { sentence } of confidence.because) expect(sentence).toMatch(/^(?![A-Z][^A-Z]).*[^.]$/);
  }
  return findings;
}

function kinds(findings: Findings): string[] {
  return findings.judgements.map((judgement) => judgement.kind);
}
