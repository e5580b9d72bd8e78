/** Grid files: what they mean, and one sentence for each way to get them wrong. */

import { describe, expect, test } from 'vitest';
import { ScenarioError } from './error.ts';
import { parseFloodScenario } from './parse.ts';
import { gridParameters, parseGrid, pointCount, pointSets } from './sweep-grid.ts';
import { checkPlaces, pointScenario, pointValues } from './sweep-point.ts';

const grid = (text: string) => parseGrid(text, 'grid.yaml').grid;

/** A grid with this `vary`, and nothing else of interest. */
const varying = (vary: string) => `scenario: lesson\nvary:\n  ${vary}\nmeasure: [queue.peak]\n`;

describe('points', () => {
  test('are the product of all axes, the first varying slowest; settings of a group move together', () => {
    const found = grid(`
scenario: lesson
vary:
  server.backlog: [64, 128]
  server.policy: [drop-when-full, { name: syn-cache, buckets: 512 }]
together:
  - floods.rate: [10, 20, 30]
    floods.port: [80, 81, 82]
replicas: 5
seed: 7
measure: [queue.peak, queue.peak >= 64]
confidence: 0.9
`);
    expect(gridParameters(found)).toEqual(['server.backlog', 'server.policy', 'floods.rate', 'floods.port']);
    expect(pointCount(found)).toBe(12);
    const rows = Array.from({ length: 12 }, (_, i) => pointSets(found, i).map(({ value }) => value));
    expect(rows[0]).toEqual([64, 'drop-when-full', 10, 80]);
    expect(rows[1]).toEqual([64, 'drop-when-full', 20, 81]);
    expect(rows[4]).toEqual([64, { name: 'syn-cache', buckets: 512 }, 20, 81]);
    expect(rows[11]).toEqual([128, { name: 'syn-cache', buckets: 512 }, 30, 82]);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(12);
    expect(found).toMatchObject({ scenario: 'lesson', replicas: 5, seed: 7, confidence: 0.9 });
    expect(found.measures).toEqual([
      { label: 'queue.peak', name: 'queue.peak', compare: '', than: 0 },
      { label: 'queue.peak >= 64', name: 'queue.peak', compare: '>=', than: 64 },
    ]);
  });

  test('a grid that varies nothing is one point', () => {
    expect(pointCount(grid('scenario: lesson\nmeasure: [queue.peak]\n'))).toBe(1);
  });

  test.each([
    ['{ from: 0, to: 1, steps: 5 }', [0, 0.25, 0.5, 0.75, 1]],
    ['{ from: 0.1, to: 0.3, steps: 3 }', [0.1, 0.2, 0.3]],
    ['{ from: 16, to: 4096, steps: 9, scale: log }', [16, 32, 64, 128, 256, 512, 1024, 2048, 4096]],
    ['{ from: 1, to: 1000, steps: 4, scale: log }', [1, 10, 100, 1000]],
    ['{ from: 100, to: 1000, steps: 3, scale: log, whole: true }', [100, 316, 1000]],
    ['{ from: 10ms, to: 40ms, steps: 3 }', ['10ms', '25ms', '40ms']],
    ['{ from: 0, to: 1s, steps: 3 }', ['0s', '0.5s', '1s']],
    ['{ from: 5, to: 1, steps: 2 }', [5, 1]],
  ])('%s', (range, expected) => {
    const found = grid(varying(`a.b: ${range}`));
    expect(Array.from({ length: pointCount(found) }, (_, i) => pointSets(found, i)[0]?.value)).toEqual(expected);
  });
});

describe('hostile and mistaken files', () => {
  test.each([
    ['', 'grid.yaml:1:1: this is not a grid: expected a mapping with scenario, vary and measure'],
    ['[1, 2]', 'grid.yaml:1:1: this is not a grid: expected a mapping with scenario, vary and measure'],
    ['scenario: x', 'grid.yaml:1:1: measure is nothing; expected a list of names of measures'],
    ['vary: {}\nmeasure: [a]', 'grid.yaml:1:1: scenario is nothing; expected a text'],
    ['scenario: x\nmeasure: [a]\nvarry: {}', "grid.yaml:3:1: unknown key 'varry'; did you mean 'vary'?"],
    ['scenario: x\nmeasure: []', 'grid.yaml:2:10: measure is empty; expected at least one name of a measure'],
    [
      'scenario: x\nmeasure: [a b]',
      "grid.yaml:2:11: measure.0 is 'a b'; expected a name like queue.peak, or a comparison like queue.peak >= 128",
    ],
    [
      'scenario: x\nmeasure: [a]\nreplicas: 0',
      'grid.yaml:3:11: replicas is 0; expected how often each point is run, a whole number from 1 to 100000',
    ],
    [
      'scenario: x\nmeasure: [a]\nseed: -1',
      'grid.yaml:3:7: seed is -1; expected a seed, a whole number from 0 to 4294967295',
    ],
    [
      'scenario: x\nmeasure: [a]\nconfidence: 95',
      'grid.yaml:3:13: confidence is 95; expected a number from 0.5 to 0.9999, like 0.95',
    ],
    [varying('a: 5'), 'grid.yaml:3:6: vary.a is 5; expected a list of values or { from, to, steps, scale }'],
    [varying('a: []'), 'grid.yaml:3:6: vary.a is empty; expected at least one value'],
    [varying('a: [1, 2, 1]'), 'grid.yaml:3:13: vary.a.2 has the value 1 twice'],
    [
      varying('a: { from: 1, to: 9 }'),
      'grid.yaml:3:6: vary.a.steps is nothing; expected how many values the range has, a whole number from 2 to 10000',
    ],
    [
      varying('a: { from: 0, to: 9, steps: 3, scale: log }'),
      'grid.yaml:3:14: vary.a.from must be above 0 on a logarithmic scale',
    ],
    [
      varying('a: { from: 1s, to: 9ms, steps: 3 }'),
      "grid.yaml:3:22: vary.a.to is '9ms'; expected a number with the unit of from, s",
    ],
    [varying('a: { from: 1, to: 2, steps: 5, whole: true }'), 'grid.yaml:3:6: vary.a has the value 1 twice'],
    [
      varying('a: { from: 1, to: 2, steps: 3, scale: lin }'),
      "grid.yaml:3:41: vary.a.scale is 'lin'; did you mean 'log'?",
    ],
    [
      varying('a..b: [1]'),
      "grid.yaml:3:3: 'a..b' is no setting; expected names joined by dots, like server.listen.backlog",
    ],
    [
      varying('__proto__.polluted: [1]'),
      "grid.yaml:3:3: '__proto__.polluted' is no setting; expected names joined by dots, like server.listen.backlog",
    ],
    [
      varying('a.constructor.b: [1]'),
      "grid.yaml:3:3: 'a.constructor.b' is no setting; expected names joined by dots, like server.listen.backlog",
    ],
    [
      varying('seed: [1, 2]'),
      "grid.yaml:3:3: 'seed' cannot be varied: each run gets its own from the grid's seed; expected replicas",
    ],
    [varying('a: [1]\n  a.b: [2]'), "grid.yaml:4:3: 'a.b' varies what 'a' varies already"],
    [
      varying('a: { from: 1, to: 9999, steps: 9999 }\n  b: { from: 1, to: 9999, steps: 9999 }'),
      'grid.yaml:3:3: vary makes 99980001 points with 1 replicas; expected at most 1000000 runs in all',
    ],
    [
      'scenario: x\nmeasure: [a]\ntogether:\n  - b: [1, 2]\n    c: [1]',
      'grid.yaml:5:8: together.0.c has 1 values and b has 2; expected as many',
    ],
    [
      'scenario: x\nmeasure: [a]\ntogether: [5]',
      'grid.yaml:3:12: together.0 is 5; expected settings of the scenario with their values',
    ],
    ['scenario: x\nscenario: y\nmeasure: [a]', 'grid.yaml:2:1: not readable as YAML: Map keys must be unique'],
  ])('%j', (text, sentence) => {
    expect(messageOf(() => parseGrid(text, 'grid.yaml'))).toBe(sentence);
  });
});

describe('a point sets values of its scenario', () => {
  const SCENARIO = `kind: flood
title: A flood
summary: One server.
server: { backlog: 128, settings: { tcp_syncookies: 0 } }
clients: { rate: 5 }
floods: { rate: 100 }
until: 60s
`;
  const check = (vary: string, point: number, scenario = SCENARIO) =>
    messageOf(() =>
      pointScenario(parseGrid(varying(vary), 'grid.yaml'), { text: scenario, path: 'lesson.yaml' }, point),
    );

  test('as --set does, in the notation of the file', () => {
    const source = parseGrid(
      varying('floods.rate: [5]\n  server.policy: [drop-when-full]\n  until: [9s]'),
      'grid.yaml',
    );
    expect(pointValues(source.grid, 0)).toEqual([
      { key: 'floods.rate', value: '5' },
      { key: 'server.policy', value: 'drop-when-full' },
      { key: 'until', value: '9s' },
    ]);
    expect(parseFloodScenario(SCENARIO, 'lesson.yaml', pointValues(source.grid, 0))).toMatchObject({
      floods: [{ rate: { process: 'poisson', rate: 5 } }],
      server: { listen: [{ policy: 'drop-when-full' }] },
      until: 9e9,
    });
  });

  test('a text that looks like something else stays a text', () => {
    const { grid } = parseGrid(varying('title: ["12", "true", "null", "yes", "~", "a: b", "1e3"]'), 'grid.yaml');
    const titles = Array.from(
      { length: 7 },
      (_, i) => parseFloodScenario(SCENARIO, 'x.yaml', pointValues(grid, i)).title,
    );
    expect(titles).toEqual(['12', 'true', 'null', 'yes', '~', 'a: b', '1e3']);
  });

  test.each([
    ['floods.rate: [1, 2]', 1, ''],
    [
      'clients.rate: [3]\n  floods.rate: [1, -2]',
      1,
      'grid.yaml:4:20: floods.rate=-2: is -2; expected a rate per second',
    ],
    [
      'floods.rate: { from: -1, to: 1, steps: 3 }',
      0,
      'grid.yaml:3:16: floods.rate=-1: is -1; expected a rate per second',
    ],
    ['floods.rte: [1]', 0, "grid.yaml:3:16: floods.rte=1: unknown key 'rte'; did you mean 'rate'?"],
    ['floods.0.rate.x.y: [1]', 0, 'grid.yaml:3:23: floods.0.rate.x.y=1: '],
    ['title.x.y: [1]', 0, 'grid.yaml:3:15: '],
    ['server.address: [8.8.8.8]', 0, 'grid.yaml:3:20: server.address=8.8.8.8: '],
    ['boxes.3.name: [x]', 0, 'grid.yaml:3:18: '],
  ])('%s, point %i', (vary, point, sentence) => {
    const found = check(vary, point);
    expect(found.slice(0, Math.max(1, sentence.length))).toBe(sentence);
    expect(found).not.toContain('\n');
  });

  test('two names of one place are refused', () => {
    const places = (vary: string): string =>
      messageOf(() => checkPlaces(parseGrid(varying(vary), 'grid.yaml'), { text: SCENARIO, path: 'lesson.yaml' }));
    expect(places('floods.rate: [1]\n  clients.rate: [1]')).toBe('');
    expect(places('floods.rate: [1]\n  floods.0.rate: [2]')).toBe(
      "grid.yaml:4:18: vary.floods.0.rate varies what 'floods.rate' varies already",
    );
  });

  test('a scenario that is wrong without the grid is told as such', () => {
    expect(check('floods.rate: [1]', 0, SCENARIO.replace('{ rate: 5 }', '{ rate: -5 }'))).toMatch(
      /^lesson.yaml:5:18: clients.rate is -5; expected a rate/,
    );
  });

  test('and so is one that is no flood', () => {
    expect(check('floods.rate: [1]', 0, 'title: T\nsummary: S\nhosts: {}\n')).toMatch(/^lesson.yaml:/);
  });
});

function messageOf(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    return error instanceof ScenarioError ? error.message : `no ScenarioError: ${String(error)}`;
  }
}
