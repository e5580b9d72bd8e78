/** A sweep as a table for eyes: one line for each point, `mean ± half the interval`, a share with both ends. */
import { valueText } from './data-columns.ts';
import { type Estimate, estimate, type SweepRuns } from './sweep-summary.ts';
import type { TextLine } from './text-line.ts';
import { cell, type TextColumn, textTable } from './text-table.ts';

/** The table's lines: a head, one line for each point, and a sentence on what the numbers are. */
export function sweepTable(sweep: SweepRuns): TextLine[] {
  const names = [...sweep.parameters, 'runs', ...sweep.measures.map(({ label }) => label)];
  const rows = sweep.points.map((point) => [
    ...point.settings.map((value) => cell(valueText(value))),
    cell(String(point.runs.length)),
    ...sweep.measures.map(({ kind }, index) =>
      cell(estimateText(estimate(sweep, point, index), kind, point.runs.length)),
    ),
  ]);
  const columns = names.map((head): TextColumn => ({ head, align: 'right' }));
  return [...textTable(columns, rows, 0), [{ text: legend(sweep), role: 'quiet' }]];
}

/** `93.2 ± 1.4`, `0.40 [0.12, 0.77]`, `5 (1 of 3)` where not every run has the number; `-` where none has. */
function estimateText({ n, mean, low, high }: Estimate, kind: 'mean' | 'share', runs: number): string {
  if (mean === null) return '-';
  const some = n === runs ? '' : ` (${n} of ${runs})`;
  if (low === null || high === null) return `${numberText(mean)}${some}`;
  if (kind === 'share') return `${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]${some}`;
  return `${numberText(mean)} ± ${numberText((high - low) / 2)}${some}`;
}

/** Four significant digits, whole numbers whole; no exponents in what one compares by eye. */
function numberText(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(4)));
}

function legend(sweep: SweepRuns): string {
  const percent = `${Number((sweep.confidence * 100).toPrecision(4))} %`;
  const kinds = new Set(sweep.measures.map(({ kind }) => kind));
  const parts: string[] = [];
  if (kinds.has('mean')) parts.push(`mean ± half of the ${percent} interval (Student's t)`);
  if (kinds.has('share')) parts.push(`share of runs [${percent} interval (Wilson)]`);
  return parts.join('; ');
}
