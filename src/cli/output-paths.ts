/**
 * Where outputs go, looked at before anything is read: none may overwrite what is read, or another output, and bytes are not
 * for a terminal.
 */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileStats } from '../node/file-stats.ts';
import { HalfopenError } from '../wire/error.ts';

/** An option that asks for an output; the path `-` is standard output. */
export interface WantedOutput {
  readonly option: string;
  readonly path: string;
}

/**
 * Throws a `HalfopenError` when an output has no name, is one of the `captures`, goes where another one does, or would write
 * bytes to a terminal.
 */
export function checkOutputPaths(wanted: readonly WantedOutput[], captures: readonly string[]): void {
  const inputs = new Set(captures.filter((path) => path !== '-').map(realPath));
  const taken = new Map<string, string>();
  for (const { option, path } of wanted) {
    if (path === '') throw new HalfopenError(`${option}: the name is empty, expected a file or -`);
    const real = path === '-' ? '-' : realPath(path);
    const other = taken.get(real);
    // Two may go to a device: nothing of /dev/null is overwritten.
    if (other !== undefined && !isDevice(real)) {
      const where = path === '-' ? 'standard output' : path;
      throw new HalfopenError(`${option} and ${other} both go to ${where}, expected a file for one of them`);
    }
    if (inputs.has(real)) throw new HalfopenError(`${option}: ${path} is the capture, it would be overwritten`);
    if (path === '-' && BINARY.includes(option) && process.stdout.isTTY === true) {
      throw new HalfopenError(`${option}: standard output is a terminal, expected a file or a pipe`);
    }
    taken.set(real, option);
  }
}

/** Options whose output is no text. */
const BINARY: readonly string[] = ['--parquet', '--pcapng'];

function isDevice(path: string): boolean {
  return fileStats(path)?.isCharacterDevice() ?? false;
}

/** Links followed, as far as the path leads anywhere yet; as it is where even the current folder is gone. */
function realPath(path: string): string {
  for (const real of [(): string => realpathSync(path), (): string => resolve(path)]) {
    try {
      return real();
    } catch {
      // What is wrong with it is told by who opens it.
    }
  }
  return path;
}
