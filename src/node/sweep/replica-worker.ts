/** The program of a pool's threads: computes one run, and turns what is wrong with its input into a sentence. */
import { HalfopenError } from '../../wire/error.ts';
import type { ReplicaAnswer } from './pool.ts';
import { runReplica } from './replica.ts';
import type { ReplicaTask } from './task.ts';

export default function replicaWorker(task: ReplicaTask): ReplicaAnswer {
  try {
    return runReplica(task);
  } catch (error) {
    if (error instanceof HalfopenError) return { fault: error.message };
    throw error;
  }
}
