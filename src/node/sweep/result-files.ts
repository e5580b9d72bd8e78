/** The files a complete sweep leaves in its folder: JSON for programs, CSV and Parquet by run and by point. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { columnsToCsv } from '../../view/data-columns.ts';
import { pointColumns, runColumns, type SweepRuns, sweepJson } from '../../view/sweep-summary.ts';
import { HalfopenError } from '../../wire/error.ts';
import { columnsToParquet } from '../parquet.ts';
import { systemReason } from '../system-reason.ts';

/** Writes them and returns their names. Each appears whole or not at all. */
export function writeResults(folder: string, sweep: SweepRuns, version: string): string[] {
  const points = pointColumns(sweep);
  const runs = runColumns(sweep);
  const files: readonly [string, string | Uint8Array][] = [
    ['results.json', sweepJson(sweep, version)],
    ['points.csv', columnsToCsv(points)],
    ['points.parquet', columnsToParquet(points)],
    ['runs.csv', columnsToCsv(runs)],
    ['runs.parquet', columnsToParquet(runs)],
  ];
  for (const [name, content] of files) {
    const file = join(folder, name);
    try {
      writeFileSync(`${file}.tmp`, content);
      renameSync(`${file}.tmp`, file);
    } catch (error) {
      throw new HalfopenError(`${file}: ${systemReason(error)}`);
    }
  }
  return files.map(([name]) => name);
}
