/** What `halfopen worker` does: threads of its own, and jobs from the queue until a signal. */
import { programId } from '../node/program-id.ts';
import { DEFAULT_JOBS, replicaPool } from '../node/sweep/pool.ts';
import { PATIENCE, serveQueue } from '../node/sweep/queue.ts';
import type { WorkerCommandOptions } from './commands/worker.ts';
import { stopSignal } from './stop-signal.ts';
import { tell } from './terminal.ts';
import { packageVersion } from './version.ts';

export async function work(options: WorkerCommandOptions): Promise<void> {
  const jobs = options.jobs ?? DEFAULT_JOBS;
  const pool = replicaPool(jobs);
  const stop = stopSignal();
  try {
    const settings = { halfopen: programId(packageVersion()), jobs, patience: PATIENCE, tell };
    const finished = await serveQueue(options.queue, (task) => pool.run(task), settings, stop.signal);
    tell(`finished ${finished} ${finished === 1 ? 'run' : 'runs'}`);
  } finally {
    stop.release();
    await pool.close();
  }
}
