/**
 * What the texts of the shipped flood lessons say beyond their own expectations: comparisons with a neighbour, the followed
 * client, the choices a question offers. Expectations from rate, lifetime and backlog, and from ground truth D.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseFloodScenario } from '../src/scenario/parse.ts';
import { parseSet } from '../src/scenario/set-value.ts';
import { measureOf } from '../src/sim/flood-measures.ts';
import type { FloodReport } from '../src/sim/flood-report.ts';
import { runFlood } from '../src/sim/flood-run.ts';

function play(id: string, ...sets: string[]): FloodReport {
  const name = `${id}.yaml`;
  const text = readFileSync(new URL(`../scenarios/${name}`, import.meta.url), 'utf8');
  return runFlood(parseFloodScenario(text, name, sets.map(parseSet)));
}

/** Samples of a gauge from one moment to another, in seconds. */
function gauge({ series }: FloodReport, from: number, to: number): number[] {
  const at = (t: number): number => Math.round((t * 1e9) / series.every);
  return series.columns.halfOpenFlood.slice(at(from), at(to));
}

test.each([
  'syn-flood-lesson',
  'botnet-lesson',
  'silent-spoofed-addresses',
  'tiny-flood',
  'tiny-flood-textbook',
  'bigger-backlog',
  'slow-accept-queue',
  'established-users',
  'block-the-source',
])('%s: the first SYN of the followed client is dropped', (id) => {
  expect(measureOf(play(id), 'clients.followed.firstTry')).toBe(0);
});

test.each(['live-spoofed-addresses', 'syn-cookies', 'other-ports', 'block-the-bots', 'flash-crowd'])(
  '%s: the first SYN of the followed client is answered',
  (id) => {
    expect(measureOf(play(id), 'clients.followed.firstTry')).toBe(1);
  },
);

test('syn-flood-lesson: a backlog of 1,024 withstands this flood', () => {
  const report = play('syn-flood-lesson', 'server.backlog=1024');
  expect(measureOf(report, 'queue.fullAt')).toBe(Infinity);
  expect(measureOf(report, 'counters.80.ListenDrops')).toBe(0);
});

test('tiny-flood: 5 a second hold half of the backlog and turn nobody away (ground truth D: 59 to 67)', () => {
  const report = play(
    'tiny-flood',
    'until=90s',
    'clients.rate=0',
    'floods.five.to=90s',
    'floods.five.rate={process: constant, rate: 5}',
    'floods.twenty-five.rate=0',
  );
  const held = gauge(report, 42, 90);
  // The kernel was given even arrivals, and nothing else.
  expect(Math.min(...held)).toBeGreaterThanOrEqual(59);
  expect(Math.max(...held)).toBeLessThanOrEqual(67);
  expect(measureOf(report, 'counters.80.ListenDrops')).toBe(0);
});

test('bigger-backlog: the small queue lasts 129 / 400 s', () => {
  const t = measureOf(play('bigger-backlog', 'server.backlog=128'), 'queue.timeToExhaustion') ?? 0;
  // Standard deviation sqrt(129) / 400 = 0.03 s.
  expect(t).toBeGreaterThan(0.23);
  expect(t).toBeLessThan(0.42);
});

test('flash-crowd: as many forged SYNs fill the queue in a third of a second', () => {
  const t = measureOf(
    play('flash-crowd', 'clients.rate=0', 'floods={rate: 400, from: 2s, to: 12s}'),
    'queue.timeToExhaustion',
  );
  expect(t).toBeGreaterThan(0.23);
  expect(t).toBeLessThan(0.42);
});

test('block-the-bots: with a hundred machines the limit lets too many pass', () => {
  const report = play('block-the-bots', 'floods.spoof.count=100');
  expect(measureOf(report, 'queue.peak')).toBe(129);
  expect(measureOf(report, 'clients.all.firstTry')).toBeLessThan(0.8);
});

test('slow-accept-queue: nobody needs a flood for it', () => {
  const report = play('slow-accept-queue', 'floods.rate=0');
  expect(measureOf(report, 'queue.peakAccept')).toBe(17);
  expect(measureOf(report, 'counters.80.ListenOverflows')).toBeGreaterThan(100);
});

test('botnet-lesson: cookies serve everybody, and so do networks that let no forged source out', () => {
  expect(
    measureOf(play('botnet-lesson', 'server.settings.tcp_syncookies=1', 'clients.to=79s'), 'clients.all.firstTry'),
  ).toBe(1);
  const filtered = play('botnet-lesson', 'ingress=1', 'clients.to=79s');
  expect(measureOf(filtered, 'clients.all.firstTry')).toBe(1);
  expect(measureOf(filtered, 'counters.80.ListenDrops')).toBe(0);
});
