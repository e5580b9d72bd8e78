/** Did a flood run end as its scenario expects? */
import { measuresOf } from './flood-measures.ts';
import type { FloodExpectation, FloodScenario } from './flood-model.ts';
import type { FloodReport } from './flood-report.ts';

/** One sentence for each expectation that was not met; empty = all were. */
export function unmetFloodExpectations(scenario: FloodScenario, report: FloodReport): string[] {
  const measures = measuresOf(report);
  return scenario.expect
    .map((expectation) => ({ expectation, found: measures[expectation.measure] ?? Number.NaN }))
    .filter(({ expectation: { least, most }, found }) => !(found >= least && found <= most))
    .map(
      ({ expectation, found }) => `${expectation.measure} is ${numberText(found)}, expected ${boundText(expectation)}`,
    );
}

function boundText({ least, most }: FloodExpectation): string {
  if (least === most) return String(least);
  if (most === Infinity) return `at least ${least}`;
  if (least === -Infinity) return `at most ${most}`;
  return `${least} to ${most}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nothing';
  return value === Infinity ? 'never' : String(Number(value.toPrecision(6)));
}
