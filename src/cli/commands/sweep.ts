/** `halfopen sweep`: runs every point of a grid many times and prints means with their confidence intervals. */
import type { Command } from 'commander';
import { wholeNumber } from '../arguments.ts';

export interface SweepOptions {
  readonly jobs?: number;
  readonly out?: string;
  readonly fresh?: boolean;
  readonly queue?: string;
}

export function registerSweep(program: Command): void {
  program
    .command('sweep')
    .description('Run a scenario over a grid of settings, with replicas and confidence intervals')
    .argument('<grid>', 'a grid file in YAML: docs/sweeps.md says what it holds')
    .option(
      '-j, --jobs <n>',
      'runs at a time on this machine (default: one for each core)',
      wholeNumber('--jobs', 1, 1024),
    )
    .option('-o, --out <folder>', 'where the journal and the results go (default: the name of the grid and .sweep)')
    .option('--fresh', 'forget what an earlier sweep left in the folder')
    .option(
      '--queue <url>',
      'let "halfopen worker" compute the runs, over Redis or Valkey, e.g. redis://localhost:6379',
    )
    .addHelpText('after', HELP)
    .action(async (grid: string, options: SweepOptions) => {
      // Thread pool, queue and file formats are loaded by those who sweep.
      const { sweep } = await import('../sweep-session.ts');
      await sweep(grid, options);
    });
}

const HELP = `
Each finished run is kept at once: after a kill, the same command goes on where it
was. Ctrl+C prints the table so far and ends with 130. Same grid, same bytes in the
result files, on however many cores or machines.

Examples:
  halfopen sweep grid.yaml                                  on all cores, into grid.sweep/
  halfopen sweep grid.yaml --jobs 2 --out results
  halfopen sweep grid.yaml --queue redis://localhost:6379   with "halfopen worker" elsewhere`;
