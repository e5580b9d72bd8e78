/**
 * In place of the real program of a pool's threads: makes numbers from the task alone, writes each run it computes to the file
 * named by RUNS, and takes as long as DELAY_MS says. So tests can count what was computed, and kill it half-way.
 */
import { appendFileSync } from 'node:fs';

export default async function stub(task) {
  if (task.set.some(({ value }) => value === 'fault')) return { fault: 'this value is at fault' };
  const delay = Number(process.env.DELAY_MS ?? 0);
  // Longer and shorter runs, so that they end in another order than they began.
  if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay * (1 + (task.seed % 3))));
  if (process.env.RUNS) appendFileSync(process.env.RUNS, `${task.point}/${task.replica}\n`);
  const base = task.set.reduce((sum, { value }) => sum + Number(value), 0);
  const { point, replica, seed } = task;
  const values = task.measures.map(({ compare }, i) =>
    compare === '' ? (seed % 7 === 6 ? null : base * (i + 1) + seed / 2 ** 32 / 3) : seed % 2,
  );
  return { point, replica, seed, hash: (seed ^ point).toString(16), values };
}
