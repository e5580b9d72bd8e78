/** A flood report as JSON text, for other programs. */
import { measuresOf } from '../sim/flood-measures.ts';
import type { FloodReport } from '../sim/flood-report.ts';

/**
 * The report as it is, and its numbers by name. What never happened, or is a share of nothing, is no
 * finite number: JSON has null for it.
 */
export function floodToJson(report: FloodReport): string {
  return JSON.stringify({ format: 'halfopen-flood-1', ...report, measures: measuresOf(report) }, undefined, 1);
}
