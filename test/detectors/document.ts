/** The part of `docs/detectors.md` that lists the detectors, written from what each says of itself. */
import { DETECTORS } from '../../src/diagnose/detectors.ts';
import { wrap } from '../support/markdown.ts';

const BEGIN = '<!-- Written by `npm run detectors` from src/diagnose/detect, up to the end mark; do not edit. -->';
const END = '<!-- end -->';

/** The document with its list made anew. */
export function withDetectors(document: string): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`docs/detectors.md lacks the line ${from < 0 ? BEGIN : END}`);
  return document.slice(0, from + BEGIN.length) + list() + document.slice(to);
}

function list(): string {
  const lines = DETECTORS.flatMap((detector, i) => [
    `### ${i + 1}. ${detector.title} (\`${detector.id}\`)`,
    '',
    ...wrap(`**Formula.** ${detector.formula}`),
    '',
    ...wrap(`**Source.** ${detector.source}`),
    '',
    ...wrap(`**Window.** ${detector.window}. **Threshold.** ${detector.threshold}.`),
    '',
    '**Blind spots.**',
    '',
    ...detector.blindSpots.flatMap((spot) => wrap(`- ${spot}`).map((line, n) => (n === 0 ? line : `  ${line}`))),
    '',
  ]);
  return `\n\n${lines.join('\n')}\n`;
}
