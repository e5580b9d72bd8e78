/** One run of a sweep: scenario text with the point's values and a seed in, the measured numbers out. */
import { parseFloodScenario } from '../../scenario/parse.ts';
import { measuresOf } from '../../sim/flood-measures.ts';
import { runFlood } from '../../sim/flood-run.ts';
import type { ReplicaResult, ReplicaTask, TaskMeasure } from './task.ts';

/** The same task gives the same result, on every machine. Throws `HalfopenError` when the task is at fault. */
export function runReplica(task: ReplicaTask): ReplicaResult {
  const scenario = parseFloodScenario(task.text, task.path, task.set);
  const report = runFlood(scenario, { seed: task.seed });
  const all = measuresOf(report);
  const values = task.measures.map((measure) => {
    // Another point of the grid has it: a middlebox that is not everywhere, for one.
    const value = Object.hasOwn(all, measure.name) ? all[measure.name] : undefined;
    return value === undefined ? null : measured(value, measure);
  });
  return { point: task.point, replica: task.replica, seed: task.seed, hash: report.hash, values };
}

/** null for what never happened (Infinity) and for a share of nothing (NaN): neither belongs in a mean. */
export function measured(value: number, { compare, than }: TaskMeasure): number | null {
  // -0 would become 0 on its way through JSON, and no longer be the same bytes in a file.
  if (compare === '') return Number.isFinite(value) ? value + 0 : null;
  return Number.isNaN(value) ? null : Number(COMPARE[compare](value, than));
}

const COMPARE: Readonly<Record<Exclude<TaskMeasure['compare'], ''>, (value: number, than: number) => boolean>> = {
  '>=': (value, than) => value >= than,
  '<=': (value, than) => value <= than,
  '>': (value, than) => value > than,
  '<': (value, than) => value < than,
  '=': (value, than) => value === than,
};
