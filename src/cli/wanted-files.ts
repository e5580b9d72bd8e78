/** Files that options ask for besides the text. Of one path, `-`, the content takes the place of the text. */
import { type OutputFile, writeOutputs } from '../node/write-output.ts';
import type { HalfopenError } from '../wire/error.ts';
import { checkOutputPaths, type WantedOutput } from './output-paths.ts';
import { print, send } from './terminal.ts';

/** `checkOutputPaths` of those of these options that were given: before anything is run or read. */
export function checkWantedFiles(
  options: Readonly<Partial<Record<FileOption, string>>>,
  captures: readonly string[] = [],
): void {
  const wanted: WantedOutput[] = [];
  for (const name of FILE_OPTIONS) {
    const path = options[name];
    if (path !== undefined) wanted.push({ option: `--${name}`, path });
  }
  checkOutputPaths(wanted, captures);
}

/**
 * Writes the files, then to standard output the one that goes there, or `text`. A file that fails takes nothing else with
 * it: what went wrong first is returned, or null.
 */
export async function writeWantedFiles(
  files: readonly OutputFile[],
  text: () => string,
): Promise<HalfopenError | null> {
  const failure = await writeOutputs(files.filter(({ path }) => path !== '-'));
  const instead = files.find(({ path }) => path === '-');
  if (instead === undefined) await print(text());
  else await send(instead.content());
  return failure;
}

const FILE_OPTIONS = ['json', 'csv', 'parquet', 'svg', 'pcapng'] as const;
type FileOption = (typeof FILE_OPTIONS)[number];
