/**
 * A way into a network namespace of one's own, without being root: unshare(1) of util-linux makes one and runs a program
 * in it. Node cannot do so itself: unshare(2) refuses a new user namespace to a process with threads.
 */
import { HalfopenError } from '../wire/error.ts';
import { runChild } from './child.ts';
import { systemReason } from './system-reason.ts';

/**
 * The command that runs `command` in a fresh network namespace, as its first word and the others. Rejects with one
 * sentence where the system permits none.
 */
export async function inPrivateNamespace(command: string, args: readonly string[]): Promise<[string, ...string[]]> {
  if (process.platform !== 'linux') {
    throw new HalfopenError(`network namespaces need Linux, and this is ${process.platform}`);
  }
  let complaint = '';
  for (const flags of WAYS) {
    const outcome = await tryUnshare(flags);
    if (outcome === '') return ['unshare', ...flags, '--', command, ...args];
    complaint ||= outcome;
  }
  throw new HalfopenError(`this system permits no network namespace of one's own: ${complaint}`);
}

/** '' when it works, else what unshare said. */
async function tryUnshare(flags: readonly string[]): Promise<string> {
  try {
    const { code, stderr } = await runChild('unshare', [...flags, '--', 'true'], { quiet: true });
    return code === 0 ? '' : stderr.trim().replace(/\s*\n\s*/g, '; ') || `unshare ends with ${code}`;
  } catch (error) {
    throw new HalfopenError(`cannot run unshare of util-linux: ${systemReason(error)}`);
  }
}

/** As root of a user namespace of our own, which needs no rights; else as the real root. */
const WAYS: readonly (readonly string[])[] = [['--user', '--map-root-user', '--net'], ['--net']];
