/** `halfopen worker`: computes runs for sweeps that others put into a queue. */
import type { Command } from 'commander';
import { wholeNumber } from '../arguments.ts';

export interface WorkerCommandOptions {
  readonly queue: string;
  readonly jobs?: number;
}

export function registerWorker(program: Command): void {
  program
    .command('worker')
    .description('Compute runs for sweeps in a queue (Redis or Valkey), until Ctrl+C')
    .requiredOption('--queue <url>', 'the queue, e.g. redis://localhost:6379')
    .option('-j, --jobs <n>', 'runs at a time (default: one for each core)', wholeNumber('--jobs', 1, 1024))
    .addHelpText('after', HELP)
    .action(async (options: WorkerCommandOptions) => {
      const { work } = await import('../worker-session.ts');
      await work(options);
    });
}

const HELP = `
Only jobs of the same version of halfopen are taken. Ctrl+C finishes the runs that
have begun; a second one drops them, and another worker will compute them.

Examples:
  halfopen worker --queue redis://localhost:6379
  halfopen worker --queue redis://:password@lab.example:6379 --jobs 4`;
