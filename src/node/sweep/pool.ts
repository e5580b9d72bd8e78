/** Runs of a sweep on all cores of this machine: a pool of threads, each of which computes one run at a time. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { HalfopenError } from '../../wire/error.ts';
import type { ReplicaResult, ReplicaTask } from './task.ts';

export interface ReplicaPool {
  readonly jobs: number;
  /** Rejects with `HalfopenError` when the run's input is at fault. */
  run(task: ReplicaTask): Promise<ReplicaResult>;
  /** Ends the threads at once; runs that are not finished are dropped. */
  close(): Promise<void>;
}

/** What a thread answers: an error's class does not survive the way between threads. */
export type ReplicaAnswer = ReplicaResult | { readonly fault: string };

/** As many runs at a time as there are cores. */
export const DEFAULT_JOBS: number = availableParallelism();

/** `worker` is the program of the threads; only tests give another. */
export function replicaPool(jobs: number, worker: string = WORKER): ReplicaPool {
  const pool = new Piscina<ReplicaTask, ReplicaAnswer>({
    filename: worker,
    minThreads: jobs,
    maxThreads: jobs,
    recordTiming: false,
  });
  return {
    jobs,
    run: async (task) => {
      const answer = await pool.run(task);
      if ('fault' in answer) throw new HalfopenError(answer.fault);
      return answer;
    },
    close: async () => {
      // An answer that crosses with the end of its thread is told as an error of the pool.
      pool.on('error', () => {});
      await pool.destroy();
    },
  };
}

/** Compiled it lies beside this file; not every Node loads TypeScript into a thread. */
const WORKER = fileURLToPath(new URL('./replica-worker.ts', import.meta.url)).replace(/\.ts$/, '.js');
