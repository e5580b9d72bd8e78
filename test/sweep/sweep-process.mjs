/**
 * A sweep of the stub in a process of its own, that a test can kill: `sweep-process.mjs <folder> <jobs or address of a queue>`.
 * With HOLD_AT results in the journal it says so and stands still, so that the kill meets it there.
 */
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Journal } from '../../dist/node/sweep/journal.js';
import { planSweep, sweepId } from '../../dist/node/sweep/plan.js';
import { replicaPool } from '../../dist/node/sweep/pool.js';
import { collectFromQueue } from '../../dist/node/sweep/queue.js';
import { poolEngine, runSweep } from '../../dist/node/sweep/run-sweep.js';
import { parseGrid } from '../../dist/scenario/sweep-grid.js';

const [folder, where] = process.argv.slice(2);
const plan = planSweep(
  parseGrid(process.env.GRID, 'grid.yaml'),
  { text: process.env.SCENARIO, path: 'lesson.yaml' },
  '1.0.0',
);
const journal = Journal.open(folder, plan.head, false);
const pool = replicaPool(Number(where) || 1, fileURLToPath(new URL('./stub-worker.mjs', import.meta.url)));
const id = { id: sweepId(plan.head), halfopen: '1.0.0' };
const engine = where.startsWith('redis:')
  ? (tasks, take, signal) => collectFromQueue(where, id, tasks, take, signal, console.error)
  : poolEngine(pool);
await runSweep(plan, journal, engine, new AbortController().signal, (done) => {
  if (done < Number(process.env.HOLD_AT)) return;
  writeSync(1, 'holding\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
journal.close();
await pool.close();
