/** Writes an output file that somebody asked for, or says in one sentence why not. */
import { writeFile } from 'node:fs/promises';
import { HalfopenError } from '../wire/error.ts';
import { systemReason } from './system-reason.ts';

export async function writeOutput(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new HalfopenError(`cannot write ${path}: ${systemReason(error)}`);
  }
}
