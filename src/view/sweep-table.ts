/** A sweep as a table for eyes: one line for each point, `mean ± half the interval`, a share with both ends. */
import { valueText } from './data-columns.ts';
import { type Estimate, estimate, type SweepRuns } from './sweep-summary.ts';
import { LineCanvas, type TextLine, type TextRole } from './text-line.ts';

/** The table's lines: a head, one line for each point, and a sentence on what the numbers are. */
export function sweepTable(sweep: SweepRuns): TextLine[] {
  const head = [...sweep.parameters, 'runs', ...sweep.measures.map(({ label }) => label)];
  const rows = sweep.points.map((point) => [
    ...point.settings.map(valueText),
    String(point.runs.length),
    ...sweep.measures.map(({ kind }, index) => estimateText(estimate(sweep, point, index), kind)),
  ]);
  const widths = head.map((name, column) =>
    rows.reduce((most, row) => Math.max(most, lengthOf(row[column] ?? '')), lengthOf(name)),
  );
  const line = (cells: readonly string[], role: TextRole): TextLine => {
    const canvas = new LineCanvas();
    let end = 0;
    for (const [column, cell] of cells.entries()) {
      end += (widths[column] ?? 0) + (column === 0 ? 0 : 2);
      canvas.putRight(end, cell, role);
    }
    return canvas.line();
  };
  return [line(head, 'strong'), ...rows.map((row) => line(row, 'plain')), [{ text: legend(sweep), role: 'quiet' }]];
}

/** `93.2 ± 1.4`, `0.40 [0.12, 0.77]`; `-` where no run has the number. */
export function estimateText(found: Estimate, kind: 'mean' | 'share'): string {
  const { mean, low, high } = found;
  if (mean === null) return '-';
  if (low === null || high === null) return numberText(mean);
  if (kind === 'share') return `${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  return `${numberText(mean)} ± ${numberText((high - low) / 2)}`;
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

function lengthOf(text: string): number {
  return [...text].length;
}
