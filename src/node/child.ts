/** Other programs: the one place in the house that starts any, so that it can be seen who starts what. */
import { type StdioOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface ChildOutcome {
  /** Exit code; 128 and the signal's number when a signal ended it, as shells tell it. */
  readonly code: number;
  /** What it wrote to standard error, with `quiet`. */
  readonly stderr: string;
}

/**
 * Runs a program to its end. It has our standard input and output, or with `quiet` none; where it does not even start,
 * the promise is rejected with the system's error.
 */
export function runChild(
  command: string,
  args: readonly string[],
  options: { readonly quiet?: boolean } = {},
): Promise<ChildOutcome> {
  return new Promise((resolve, reject) => {
    const stdio: StdioOptions = options.quiet === true ? ['ignore', 'ignore', 'pipe'] : 'inherit';
    const child = spawn(command, args, { stdio });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      stderr += piece;
    });
    // Whether and how to end is its decision, and we end with it. (Ctrl+C reaches it by itself as well: twice is once.)
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGINT', pass);
    process.on('SIGTERM', pass);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', pass);
      process.off('SIGTERM', pass);
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stderr });
    });
  });
}
