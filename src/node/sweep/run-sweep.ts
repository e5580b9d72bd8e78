/** Runs what a sweep still lacks, wherever that is computed, and keeps each result in the journal. */
import { HalfopenError } from '../../wire/error.ts';
import type { Journal } from './journal.ts';
import type { SweepPlan } from './plan.ts';
import type { ReplicaPool } from './pool.ts';
import type { ReplicaResult, ReplicaTask } from './task.ts';

/** Computes tasks and hands the results to `take`, in any order; ends early, without an error, when `signal` fires. */
export type SweepEngine = (
  tasks: readonly ReplicaTask[],
  take: (results: readonly ReplicaResult[]) => void,
  signal: AbortSignal,
) => Promise<void>;

/**
 * Resolves when every run is in the journal (true) or `signal` has fired (false). `onProgress` is told how many of the
 * plan's runs there are.
 */
export async function runSweep(
  plan: SweepPlan,
  journal: Journal,
  engine: SweepEngine,
  signal: AbortSignal,
  onProgress: (done: number) => void = () => {},
): Promise<boolean> {
  const take = (results: readonly ReplicaResult[]): void => {
    for (const result of results) {
      if (result.point >= plan.points || result.replica >= plan.grid.replicas || result.seed !== plan.seedOf(result))
        throw new HalfopenError(`point ${result.point}, replica ${result.replica}: this is no run of the sweep`);
      journal.add(result);
    }
    // What is taken from a queue is removed there, so it must be on the disk first.
    if (results.length > 1) journal.sync();
    onProgress(journal.size);
  };
  onProgress(journal.size);
  try {
    const tasks = missing(plan, journal);
    if (tasks.length > 0) await engine(tasks, take, signal);
  } finally {
    journal.sync();
  }
  return journal.size === plan.runs;
}

/** On the threads of a pool: each takes the next task as soon as it is free. */
export function poolEngine(pool: ReplicaPool): SweepEngine {
  return async (tasks, take, signal) => {
    let stop = (): void => {};
    const stopped = new Promise<'stopped'>((resolve) => {
      stop = () => resolve('stopped');
    });
    signal.addEventListener('abort', stop);
    const supply = tasks.values();
    let failed = false;
    let failure: unknown;
    const lane = async (): Promise<void> => {
      for (const task of supply) {
        if (signal.aborted || failed) return;
        try {
          const answer = await Promise.race([pool.run(task), stopped]);
          if (answer === 'stopped') return;
          take([answer]);
        } catch (error) {
          if (signal.aborted || failed) return;
          failed = true;
          const which = `point ${task.point}, replica ${task.replica}`;
          failure = error instanceof HalfopenError ? new HalfopenError(`${which}: ${error.message}`) : error;
        }
      }
    };
    // Two for each thread, so that none waits while a result is written.
    await Promise.all(Array.from({ length: pool.jobs * 2 }, lane));
    signal.removeEventListener('abort', stop);
    if (failed) throw failure;
  };
}

/** First one replica of each point, then the next: so a sweep that is stopped early knows something of every point. */
function missing(plan: SweepPlan, journal: Journal): ReplicaTask[] {
  const tasks: ReplicaTask[] = [];
  for (let replica = 0; replica < plan.grid.replicas; replica++) {
    for (let point = 0; point < plan.points; point++) {
      if (journal.get(point, replica) === undefined) tasks.push(plan.task(point, replica));
    }
  }
  return tasks;
}
