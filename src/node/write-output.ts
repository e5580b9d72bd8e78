/** Writes output files that somebody asked for, or says in one sentence why not. */
import { writeFile } from 'node:fs/promises';
import { HalfopenError } from '../wire/error.ts';
import { systemReason } from './system-reason.ts';

/** Writes one file after the other, also when one of them fails; what went wrong first, or null. */
export async function writeOutputs(files: readonly OutputFile[]): Promise<HalfopenError | null> {
  let failure: HalfopenError | null = null;
  for (const { path, content } of files) {
    try {
      await writeOutput(path, content());
    } catch (error) {
      if (!(error instanceof HalfopenError)) throw error;
      failure ??= error;
    }
  }
  return failure;
}

export interface OutputFile {
  readonly path: string;
  /** Made when its turn has come. */
  readonly content: () => Uint8Array | string;
}

async function writeOutput(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new HalfopenError(`cannot write ${path}: ${systemReason(error)}`);
  }
}
