/** What `halfopen run` prints of a flood: heading, tables, and with `--explain` the reasons in sentences. */
import type { FloodScenario } from '../sim/flood-model.ts';
import type { FloodReport } from '../sim/flood-report.ts';
import { explainFlood, lessonTold } from '../view/flood-explain.ts';
import { floodLines } from '../view/flood-text.ts';
import { paragraphsOf } from '../view/paragraphs.ts';
import { formatTime } from '../view/time-text.ts';
import { type Paint, paintLines } from './terminal.ts';
import { wrapText } from './wrap-text.ts';

const WIDTH = 100;

export interface FloodPageOptions {
  readonly paint: Paint;
  readonly explain: boolean;
}

export function floodPage(scenario: FloodScenario, report: FloodReport, options: FloodPageOptions): string {
  const { paint } = options;
  const facts = [scenario.server.label, `seed ${report.seed}`, formatTime(report.ranTo), `trace ${report.hash}`];
  if (report.stopped) facts.push('stopped');
  const lines = [
    paint('strong', report.title),
    ...wrapText(scenario.summary, WIDTH),
    paint('quiet', facts.join(' · ')),
    '',
  ];
  if (options.explain) {
    for (const paragraph of explainFlood(report)) lines.push(...wrapText(paragraph, WIDTH), '');
    for (const { t, step } of lessonTold(scenario.lesson, report)) {
      lines.push(`${paint('quiet', formatTime(t))}  ${paint('strong', step.title)}`);
      for (const paragraph of paragraphsOf(step.say)) lines.push(...wrapText(paragraph, WIDTH), '');
    }
  }
  lines.push(paintLines(floodLines(report), paint));
  return lines.join('\n');
}
