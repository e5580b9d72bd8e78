/** From when to when: the steps of a curve in which something stood out. */
import type { RateCurve } from '../findings.ts';

export interface Stretch {
  readonly onset: number;
  /** -1: it still went on when the capture ended. */
  readonly end: number;
  /** ns: it began that long after `onset` at most, and ended that long before `end` at most; 0: exactly then. */
  readonly onsetWithin: number;
  readonly endWithin: number;
}

/**
 * First and last step in which `values` stood out. `first`: when the very first attempt came, so that a beginning with it is
 * known to the packet; -1 when that is not known.
 */
export function stretchOf(curve: RateCurve, values: readonly number[], duration: number, first: number): Stretch {
  const { start, step } = curve;
  const level = levelOf(values, curve);
  if (level === 0) return { onset: start, end: -1, onsetWithin: step, endWithin: 0 };
  const above = (value: number): boolean => value >= level;
  const from = values.findIndex(above);
  const onset = start + from * step;
  const end = start + (values.findLastIndex(above) + 1) * step;
  const exact = first >= onset && first < onset + step && !mixed(curve, values, from);
  // A step more: what falls just before the end of the capture has not been seen to stop.
  const goesOn = end + step > duration;
  return {
    onset: exact ? first : onset,
    onsetWithin: exact ? 0 : step,
    end: goesOn ? -1 : end,
    endWithin: goesOn ? 0 : step,
  };
}

/** May some of this step's attempts be others than those of `values`? They complete in it, or in the next. */
function mixed({ syn, completed }: RateCurve, values: readonly number[], step: number): boolean {
  return (syn[step] ?? 0) > values[step]! && (completed[step] ?? 0) + (completed[step + 1] ?? 0) > 0;
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
