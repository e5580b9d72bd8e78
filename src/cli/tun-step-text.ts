/** A step of the live engine in the words of `halfopen run`. */
import type { Recording } from '../sim/recording.ts';
import { Numbers } from '../view/numbers.ts';
import { stepClause } from '../view/sentence.ts';
import { formatTime } from '../view/time-text.ts';
import { whyLines } from '../view/why-text.ts';
import { whyText } from './run-report.ts';
import type { Paint } from './terminal.ts';
import type { TunServeOptions } from './tun-options.ts';

/** Number, time and sentence, and a line for each reason; `recording` holds the step as its last. */
export function tunStepText(
  recording: Recording,
  count: number,
  options: Pick<TunServeOptions, 'numbers' | 'why'>,
  paint: Paint,
): string {
  const step = recording.steps.at(-1)!;
  const numbers = new Numbers(recording, options.numbers);
  const label = String(count);
  const lines = [`${label}  ${formatTime(step.t, 6)}. ${stepClause(recording, step, numbers)}`];
  const indent = ' '.repeat(label.length + 2);
  for (const why of whyLines(recording, step, numbers, options.why)) lines.push(indent + whyText(why, paint));
  return lines.join('\n');
}
