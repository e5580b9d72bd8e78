/** Small sweeps over a scenario that is never run, for tests of what is around the runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Journal } from '../../src/node/sweep/journal.ts';
import { planSweep, type SweepPlan, sweepRuns } from '../../src/node/sweep/plan.ts';
import { writeResults } from '../../src/node/sweep/result-files.ts';
import { parseGrid } from '../../src/scenario/sweep-grid.ts';
import { ROOT } from '../walls/source.ts';

export const STUB: string = join(ROOT, 'test/sweep/stub-worker.mjs');

export const SCENARIO = `kind: flood
title: A flood
summary: One server.
server: { backlog: 128 }
clients: { rate: 5 }
floods: { rate: 100 }
until: 60s
`;

export const GRID = `scenario: lesson.yaml
vary:
  floods.rate: [10, 20, 30]
  server.backlog: { from: 64, to: 256, steps: 3, scale: log }
replicas: 5
seed: 11
measure: [queue.peak, clients.all.served, queue.peak >= 64]
`;

export function plan(grid: string = GRID, scenario: string = SCENARIO, version = '1.0.0'): SweepPlan {
  return planSweep(parseGrid(grid, 'grid.yaml'), { text: scenario, path: 'lesson.yaml' }, version);
}

/** The result files by name, as the sweep would write them to the folder. */
export function resultFiles(folder: string, of: SweepPlan, journal: Journal): Record<string, string> {
  const names = writeResults(folder, sweepRuns(of, journal), '1.0.0');
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
}
