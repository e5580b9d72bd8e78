/** Estimates, files and table of a sweep, against hand calculation. */
import { expect, test } from 'vitest';
import { columnsToCsv } from './data-columns.ts';
import { estimate, pointColumns, runColumns, type SweepRuns, sweepJson } from './sweep-summary.ts';
import { sweepTable } from './sweep-table.ts';
import { plainText } from './text-line.ts';

const run = (replica: number, ...values: (number | null)[]) => ({
  replica,
  seed: 100 + replica,
  hash: `h${replica}`,
  values,
});

const SWEEP: SweepRuns = {
  scenario: 'lesson',
  seed: 1,
  replicas: 3,
  confidence: 0.95,
  parameters: ['server.backlog', 'server.policy'],
  measures: [
    { label: 'queue.peak', kind: 'mean' },
    { label: 'queue.fullAt', kind: 'mean' },
    { label: 'queue.peak >= 12', kind: 'share' },
  ],
  points: [
    { settings: [64, 'syn-cookies'], runs: [run(0, 10, null, 0), run(1, 12, 5, 1), run(2, 14, null, 1)] },
    { settings: [128, { name: 'x' }], runs: [run(0, 0.5, null, 0)] },
    { settings: [256, 'a,b'], runs: [] },
  ],
};

test('mean and t interval: 10, 12, 14 have s = 2, and t(0.975, 2) = 4.3027 (A&S table 26.10)', () => {
  const { n, mean, low, high } = estimate(SWEEP, SWEEP.points[0]!, 0);
  expect([n, mean]).toEqual([3, 12]);
  expect(high).toBeCloseTo(12 + (4.302653 * 2) / Math.sqrt(3), 5);
  expect(low).toBeCloseTo(12 - (4.302653 * 2) / Math.sqrt(3), 5);
});

test('equal values have their own mean, and no width', () => {
  const point = { settings: [], runs: [run(0, 0.05), run(1, 0.05), run(2, 0.05)] };
  expect(estimate(SWEEP, point, 0)).toEqual({ n: 3, mean: 0.05, low: 0.05, high: 0.05 });
});

test('a number that only one run has is told without an interval, one that none has not at all', () => {
  expect(estimate(SWEEP, SWEEP.points[0]!, 1)).toEqual({ n: 1, mean: 5, low: null, high: null });
  expect(estimate(SWEEP, SWEEP.points[1]!, 1)).toEqual({ n: 0, mean: null, low: null, high: null });
});

test('2 of 3 by Wilson: (p + z²/2n ± z √(p q / n + z²/4n²)) / (1 + z²/n)', () => {
  const z2 = 1.959964 ** 2;
  const half = Math.sqrt(z2) * Math.sqrt(2 / 27 + z2 / 36);
  const found = estimate(SWEEP, SWEEP.points[0]!, 2);
  expect(found.low).toBeCloseTo((2 / 3 + z2 / 6 - half) / (1 + z2 / 3), 6);
  expect(found.high).toBeCloseTo((2 / 3 + z2 / 6 + half) / (1 + z2 / 3), 6);
});

test('the table', () => {
  expect(plainText(sweepTable(SWEEP))).toBe(
    [
      'server.backlog  server.policy  runs  queue.peak  queue.fullAt   queue.peak >= 12',
      '            64    syn-cookies     3  12 ± 4.968    5 (1 of 3)  0.67 [0.21, 0.94]',
      '           128   {"name":"x"}     1         0.5             -  0.00 [0.00, 0.79]',
      '           256            a,b     0           -             -                  -',
      "mean ± half of the 95 % interval (Student's t); share of runs [95 % interval (Wilson)]",
    ].join('\n'),
  );
});

test('CSV, by run and by point', () => {
  expect(columnsToCsv(runColumns(SWEEP))).toBe(
    [
      'point,replica,seed,server.backlog,server.policy,queue.peak,queue.fullAt,queue.peak >= 12,hash',
      '0,0,100,64,syn-cookies,10,,0,h0',
      '0,1,101,64,syn-cookies,12,5,1,h1',
      '0,2,102,64,syn-cookies,14,,1,h2',
      '1,0,100,128,"{""name"":""x""}",0.5,,0,h0',
      '',
    ].join('\n'),
  );
  const lines = columnsToCsv(pointColumns(SWEEP)).split('\n');
  expect(lines[0]).toBe(
    'point,server.backlog,server.policy,runs,queue.peak,queue.peak low,queue.peak high,' +
      'queue.fullAt,queue.fullAt low,queue.fullAt high,queue.peak >= 12,queue.peak >= 12 low,queue.peak >= 12 high',
  );
  expect(lines[3]).toBe('2,256,"a,b",0,,,,,,,,,');
});

test('JSON holds the settings by name, and every run', () => {
  const json = JSON.parse(sweepJson(SWEEP, '1.2.3'));
  expect(json).toMatchObject({ halfopen: '1.2.3', scenario: 'lesson', seed: 1, replicas: 3, confidence: 0.95 });
  expect(json.points[1]).toEqual({
    point: 1,
    settings: { 'server.backlog': 128, 'server.policy': { name: 'x' } },
    estimates: {
      'queue.peak': { n: 1, mean: 0.5, low: null, high: null },
      'queue.fullAt': { n: 0, mean: null, low: null, high: null },
      'queue.peak >= 12': expect.objectContaining({ n: 1, mean: 0, low: 0 }),
    },
    runs: [{ replica: 0, seed: 100, hash: 'h0', values: [0.5, null, 0] }],
  });
});
