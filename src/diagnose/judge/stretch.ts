/** From when to when: the steps of a curve in which something stood out. */
import type { RateCurve } from '../findings.ts';

export interface Stretch {
  readonly onset: number;
  /** -1: it still went on when the capture ended. */
  readonly end: number;
}

/** First and last step with at least a tenth of the highest value of `values`. */
export function stretchOf(curve: RateCurve, values: readonly number[], duration: number): Stretch {
  let peak = 0;
  for (const value of values) peak = Math.max(peak, value);
  if (peak === 0) return { onset: curve.start, end: -1 };
  const above = (value: number): boolean => value >= 0.1 * peak;
  const first = values.findIndex(above);
  const last = values.findLastIndex(above);
  const end = curve.start + (last + 1) * curve.step;
  // A step more: what falls just before the end of the capture has not been seen to stop.
  return { onset: curve.start + first * curve.step, end: end + curve.step > duration ? -1 : end };
}

/** SYNs of each step that were not matched by a completion in it. */
export function unfinishedOf(curve: RateCurve): number[] {
  return curve.syn.map((syn, i) => Math.max(0, syn - (curve.completed[i] ?? 0)));
}
