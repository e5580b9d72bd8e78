/** Captures named on the command line. */
import { CaptureSource } from '../node/capture-source.ts';
import type { UnpackThreads } from '../node/unpack-threads.ts';
import { HalfopenError } from '../wire/error.ts';

/** One source each; nothing is opened yet. Throws a `HalfopenError` for standard input that is named twice or cannot be one. */
export function captureSources(paths: readonly string[], threads?: UnpackThreads): CaptureSource[] {
  if (paths.filter((path) => path === '-').length > 1) throw new HalfopenError("'-' is given twice, expected once");
  for (const path of paths) refuseTerminal(path);
  return paths.map((path) => new CaptureSource(path, undefined, threads));
}

/** Nobody types a capture: who forgot the pipe is told, instead of waited for. */
export function refuseTerminal(path: string): void {
  if (path === '-' && process.stdin.isTTY === true) {
    throw new HalfopenError('standard input is a terminal, expected a capture, as from: tcpdump -U -w - |');
  }
}
