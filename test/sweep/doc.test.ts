/** docs/sweeps.md: its grid is one, and what it says of it is so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pointSets } from '../../src/scenario/sweep-grid.ts';
import { ROOT } from '../walls/source.ts';
import { plan } from './support.ts';

test('the example of docs/sweeps.md is a good grid', () => {
  const text = readFileSync(join(ROOT, 'docs/sweeps.md'), 'utf8');
  const [, example = ''] = /```yaml\n# grid\.yaml\n([\s\S]*?)```/.exec(text) ?? [];
  const { grid, points, runs } = plan(example);
  expect([points, runs]).toEqual([9, 45]);
  expect(pointSets(grid, 1)).toEqual([
    { path: 'server.backlog', value: 64 },
    { path: 'floods.rate', value: 100 },
  ]);
  expect(grid.measures.map(({ compare }) => compare)).toEqual(['', '', '<=']);
});
