/** How sure a judgement is, as people read it everywhere: the word and the percentage. JSON has the number. */
import type { Confidence } from '../diagnose/findings.ts';
import { shareText } from './flood-number.ts';

/** `high (98.0 %)`. Never rounded to certain: `> 99.9 %`. */
export function confidenceText({ level, score }: Confidence): string {
  return `${level} (${shareText(score)})`;
}
