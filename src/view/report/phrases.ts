/** Numbers of a judgement in words that stay the same all over a report. */
import type { Judgement, RateCurve } from '../../diagnose/findings.ts';
import { countText } from '../flood-number.ts';

/** `1,012 SYN/s`, of replies without attempts `1,012 replies/s`. */
export function rateText({ peakRate, attempts }: Judgement): string {
  return `${rateNumber(peakRate)} ${attempts > 0 ? 'SYN' : 'replies'}/s`;
}

/** Three digits that count below 100, whole above. */
export function rateNumber(rate: number): string {
  return countText(rate >= 100 ? Math.round(rate) : Number(rate.toPrecision(3)));
}

/** How much a reason weighs, in a word. */
export function weightWord(weight: number): string {
  const size = Math.abs(weight);
  if (size === 0) return 'none';
  return size >= 2 ? 'strong' : size >= 1 ? 'clear' : size >= 0.5 ? 'moderate' : 'slight';
}

/** Counts of a step as counts a second. */
export function perSecond(values: readonly number[], { step }: RateCurve): number[] {
  return values.map((value) => (step > 0 ? (value * 1e9) / step : 0));
}

/** A sentence in which no number is torn from its unit at the end of a line. */
export function prose(sentence: string): string {
  return sentence.replace(/(\d) (?=(?:%|s|ms|µs|min|h|bits|SYN\/s)(?![\w]))/g, '$1\u00a0');
}
