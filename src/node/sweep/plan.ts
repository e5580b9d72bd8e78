/** A sweep as it will be run: grid and scenario read, points checked, a task and a seed for each run. */
import { createHash } from 'node:crypto';
import { type GridText, gridParameters, pointCount, pointSets, type SweepGrid } from '../../scenario/sweep-grid.ts';
import { type BaseScenario, checkPlaces, pointScenario, pointValues } from '../../scenario/sweep-point.ts';
import { measureProblem } from '../../sim/flood-measures.ts';
import { stream } from '../../sim/rng.ts';
import type { SweepRuns } from '../../view/sweep-summary.ts';
import type { Journal, JournalHead } from './journal.ts';
import type { ReplicaTask } from './task.ts';

export interface SweepPlan {
  readonly grid: SweepGrid;
  readonly points: number;
  /** Points times replicas. */
  readonly runs: number;
  readonly head: JournalHead;
  task(point: number, replica: number): ReplicaTask;
  seedOf(run: { readonly point: number; readonly replica: number }): number;
}

/**
 * `program` is who computes (`programId`). Throws for the first point whose scenario is found to be wrong, with the value's
 * place in the grid.
 */
export function planSweep(source: GridText, base: BaseScenario, program: string): SweepPlan {
  const { grid } = source;
  const points = pointCount(grid);
  checkPoints(source, base, points);
  checkPlaces(source, base);
  const sets = new Map<number, ReplicaTask['set']>();
  const setOf = (point: number): ReplicaTask['set'] => {
    const set = sets.get(point) ?? pointValues(grid, point);
    sets.set(point, set);
    return set;
  };
  const measures = grid.measures.map(({ name, compare, than }) => ({ name, compare, than }));
  // A stream of its own for each run: neither order nor neighbours move a seed.
  const seedOf = ({ point, replica }: { readonly point: number; readonly replica: number }): number =>
    stream(grid.seed, `sweep: point ${point}, replica ${replica}`).uint32();
  const meaning = [grid.axes.map(({ paths, steps }) => [paths, steps]), grid.replicas, grid.seed, measures];
  return {
    grid,
    points,
    runs: points * grid.replicas,
    head: {
      halfopen: program,
      grid: sha256(JSON.stringify(meaning)),
      scenario: sha256(base.text),
      points,
      replicas: grid.replicas,
      measures: grid.measures.map(({ label }) => label),
    },
    task: (point, replica) => ({
      point,
      replica,
      seed: seedOf({ point, replica }),
      text: base.text,
      path: base.path,
      set: setOf(point),
      measures,
    }),
    seedOf,
  };
}

/** The runs that a journal holds, in the order of points and replicas. */
export function sweepRuns(plan: SweepPlan, journal: Journal): SweepRuns {
  const { grid } = plan;
  return {
    scenario: grid.scenario,
    seed: grid.seed,
    replicas: grid.replicas,
    confidence: grid.confidence,
    parameters: gridParameters(grid),
    measures: grid.measures.map(({ label, compare }) => ({ label, kind: compare === '' ? 'mean' : 'share' })),
    points: Array.from({ length: plan.points }, (_, point) => ({
      settings: pointSets(grid, point).map(({ value }) => value),
      runs: Array.from({ length: grid.replicas }, (_, replica) => journal.get(point, replica))
        .filter((result) => result !== undefined)
        .map(({ replica, seed, hash, values }) => ({ replica, seed, hash, values })),
    })),
  };
}

/** What a queue calls the sweep: the same for the same numbers, so that a second start finds the first one's jobs. */
export function sweepId(head: JournalHead): string {
  return sha256(JSON.stringify([head.halfopen, head.grid, head.scenario])).slice(0, 24);
}

/** Each scenario is one, and each measure is a number of at least one of them (a middlebox that is there or not has some). */
function checkPoints({ grid, refuse }: GridText, base: BaseScenario, points: number): void {
  const problems = new Map(grid.measures.map(({ label }) => [label, 'none']));
  for (const point of pointsToCheck(grid, points)) {
    const scenario = pointScenario({ grid, refuse }, base, point);
    for (const { label, name } of grid.measures) {
      if (problems.get(label) !== '') problems.set(label, measureProblem(scenario, name));
    }
  }
  for (const [index, { label, name }] of grid.measures.entries()) {
    const problem = problems.get(label) ?? '';
    if (problem !== '')
      refuse(['measure', index], `is '${name}', which is no number of this scenario's report: ${problem}`);
  }
}

/** All of a small grid; of a big one each value of each axis once. A point that is wrong all the same is told when it is run. */
function* pointsToCheck(grid: SweepGrid, points: number): Generator<number> {
  if (points <= MOST_CHECKED) {
    for (let point = 0; point < points; point++) yield point;
    return;
  }
  let weight = points;
  for (const { steps } of grid.axes) {
    weight /= steps.length;
    for (let step = 0; step < steps.length; step++) yield step * weight;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const MOST_CHECKED = 2_000;
