/** From when to when: the steps of a curve in which something stood out. */
import type { RateCurve } from '../findings.ts';

export interface Stretch {
  readonly onset: number;
  /** -1: it still went on when the capture ended. */
  readonly end: number;
}

/** First and last step in which `values` stood out. */
export function stretchOf(curve: RateCurve, values: readonly number[], duration: number): Stretch {
  const level = levelOf(values, curve);
  if (level === 0) return { onset: curve.start, end: -1 };
  const above = (value: number): boolean => value >= level;
  const first = values.findIndex(above);
  const last = values.findLastIndex(above);
  const end = curve.start + (last + 1) * curve.step;
  // A step more: what falls just before the end of the capture has not been seen to stop.
  return { onset: curve.start + first * curve.step, end: end + curve.step > duration ? -1 : end };
}

/**
 * From which value on a step stands out: a tenth of the highest, and more than fail by chance beside `completed` ones: some
 * square root of their number.
 */
export function levelOf(values: readonly number[], { completed }: Pick<RateCurve, 'completed'>): number {
  const peak = values.reduce((a, b) => Math.max(a, b), 0);
  const usual = completed.toSorted((a, b) => a - b)[completed.length >> 1] ?? 0;
  return Math.max(0.1 * peak, Math.min(0.6 * peak, 1 + Math.sqrt(usual)));
}
