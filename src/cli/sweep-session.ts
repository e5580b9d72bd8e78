/** What `halfopen sweep` does: reads the grid, runs what is missing, writes results, prints the table. */
import { basename, dirname, join } from 'node:path';
import { programId } from '../node/program-id.ts';
import { readBounded } from '../node/read-bounded.ts';
import { readScenarioText, shippedIds } from '../node/scenario-files.ts';
import { Journal } from '../node/sweep/journal.ts';
import { planSweep, type SweepPlan, sweepId, sweepRuns } from '../node/sweep/plan.ts';
import { DEFAULT_JOBS, replicaPool } from '../node/sweep/pool.ts';
import { collectFromQueue } from '../node/sweep/queue.ts';
import { writeResults } from '../node/sweep/result-files.ts';
import { poolEngine, runSweep, type SweepEngine } from '../node/sweep/run-sweep.ts';
import { systemReason } from '../node/system-reason.ts';
import { parseGrid } from '../scenario/sweep-grid.ts';
import { sweepTable } from '../view/sweep-table.ts';
import { HalfopenError } from '../wire/error.ts';
import type { SweepOptions } from './commands/sweep.ts';
import { type Progress, progress } from './progress.ts';
import { stopSignal } from './stop-signal.ts';
import { painter, paintLines, print, tell, wantsColour } from './terminal.ts';
import { packageVersion } from './version.ts';

export async function sweep(file: string, options: SweepOptions): Promise<void> {
  const version = packageVersion();
  const plan = await readPlan(file, programId(version));
  const folder = options.out ?? `${basename(file).replace(/\.ya?ml$/, '')}.sweep`;
  const journal = Journal.open(folder, plan.head, options.fresh === true);
  if (journal.torn > 0) tell('the last line of the journal was cut off; its run is computed again');
  if (journal.size > 0) tell(`${journal.size} of ${plan.runs} runs are in ${journal.file} already`);
  const bar = progress('runs', plan.runs);
  const stop = stopSignal();
  let complete: boolean;
  try {
    complete = await compute(plan, journal, options, stop.signal, bar);
  } finally {
    bar.stop();
    stop.release();
    journal.close();
  }
  const runs = sweepRuns(plan, journal);
  // Before the table: whoever reads that may go away, and the files shall be there.
  const files = complete ? writeResults(folder, runs, version) : [];
  await print(paintLines(sweepTable(runs), painter(wantsColour(process.stdout, process.env))));
  if (complete) {
    tell(`${files.join(', ')} are in ${folder}`);
    return;
  }
  tell(`stopped with ${journal.size} of ${plan.runs} runs; the same command goes on from there`);
  process.exitCode = stop.exitCode();
}

async function compute(
  plan: SweepPlan,
  journal: Journal,
  options: SweepOptions,
  signal: AbortSignal,
  bar: Progress,
): Promise<boolean> {
  const update = (done: number): void => bar.update(done);
  if (journal.size === plan.runs) return true;
  const { queue } = options;
  if (queue !== undefined) {
    const id = { id: sweepId(plan.head), halfopen: plan.head.halfopen };
    const tell = (text: string): void => bar.note(`halfopen: ${text}`);
    const engine: SweepEngine = (tasks, take, stopped) => collectFromQueue(queue, id, tasks, take, stopped, tell);
    return runSweep(plan, journal, engine, signal, update);
  }
  const pool = replicaPool(Math.min(options.jobs ?? DEFAULT_JOBS, plan.runs - journal.size));
  try {
    return await runSweep(plan, journal, poolEngine(pool), signal, update);
  } finally {
    await pool.close();
  }
}

async function readPlan(file: string, program: string): Promise<SweepPlan> {
  const source = parseGrid(await readGrid(file), file);
  const { scenario } = source.grid;
  const shipped = (await shippedIds()).includes(scenario);
  const base = await readScenarioText(shipped ? scenario : join(dirname(file), scenario)).catch((error: unknown) => {
    if (error instanceof HalfopenError) return source.refuse(['scenario'], `is '${scenario}': ${error.message}`);
    throw error;
  });
  return planSweep(source, base, program);
}

async function readGrid(file: string): Promise<string> {
  try {
    const bytes = await readBounded(file, LONGEST);
    if (bytes.length > LONGEST) throw new HalfopenError(`${file}: too long for a grid: more than ${LONGEST} bytes`);
    return new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof HalfopenError) throw error;
    throw new HalfopenError(`${file === '' ? '""' : file}: ${systemReason(error)}`);
  }
}

const LONGEST = 1 << 20;
