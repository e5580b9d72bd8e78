/** From when to when something judged went on, no more exactly than it is known. */
import type { Judgement } from '../diagnose/findings.ts';
import { lengthText, momentText } from './time-text.ts';

export type When = Pick<Judgement, 'onset' | 'onsetWithin' | 'end' | 'endWithin'>;

/** `from 4.365 s to second 23 (about 20 s)`. `duration`: ns of the capture, for what goes on at its end. */
export function whenText(when: When, duration: number): string {
  const { onset, end, onsetWithin, endWithin } = when;
  const until = end < 0 ? ', still going on at the end of the capture' : ` to ${endText(when)}`;
  const length = (end < 0 ? duration : end) - onset;
  const within = Math.max(onsetWithin, end < 0 ? 0 : endWithin);
  // Between a second and a second lie no milliseconds.
  const about = within === 0 ? lengthText(length) : `about ${lengthText(Math.round(length / SEC) * SEC || length)}`;
  return `from ${onsetText(when)}${until} (${about}${within > SEC ? `, give or take ${lengthText(within)}` : ''})`;
}

/** `4.365 s`; `second 4`, counted from 0, where no more is known; `about 2 min 8 s` where not even that is. */
export function onsetText({ onset, onsetWithin }: When): string {
  return momentWithin(onset, onset, onsetWithin);
}

/** The same of the end: the last second in which it was seen. */
export function endText({ end, endWithin }: When): string {
  return momentWithin(end, end - endWithin, endWithin);
}

/** `first at 4.365 s, last in second 23`: of what was above its threshold then, and maybe not all the time between. */
export function firstAndLastText(when: When): string {
  const { onsetWithin, endWithin } = when;
  const within = Math.max(onsetWithin, endWithin);
  const about = within > SEC ? `, give or take ${lengthText(within)}` : '';
  return `first ${preposition(onsetWithin)} ${onsetText(when)}, last ${preposition(endWithin)} ${endText(when)}${about}`;
}

function preposition(within: number): string {
  return isSecond(within) ? 'in' : 'at';
}

/** Known to be within one second of the capture, which then has a number. */
export function isSecond(within: number): boolean {
  return within > 0 && within <= SEC;
}

/** `from`: when the time begins within which it was. */
function momentWithin(at: number, from: number, within: number): string {
  if (within === 0) return momentText(at);
  return isSecond(within) ? `second ${Math.floor(from / SEC)}` : `about ${lengthText(at)}`;
}

const SEC = 1e9;
