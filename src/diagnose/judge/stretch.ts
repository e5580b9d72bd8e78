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
 * From which value on a step stands out: a tenth of the highest, and more than the traffic that completes makes by chance.
 * Of n completions a step, handshakes that reach over its end leave some square root of n.
 */
export function levelOf(values: readonly number[], { completed }: RateCurve): number {
  const peak = values.reduce((a, b) => Math.max(a, b), 0);
  return Math.max(0.1 * peak, Math.min(0.6 * peak, 1 + Math.sqrt(median(completed))));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** SYNs of each step that no completion of this step or the next matched: handshakes reach over the end of a step. */
export function unfinishedOf({ syn, completed }: RateCurve): number[] {
  const open = syn.map((syns, i) => syns - (completed[i] ?? 0));
  for (let i = 0; i + 1 < open.length; i++) {
    const late = Math.min(Math.max(0, open[i]!), Math.max(0, -open[i + 1]!));
    open[i]! -= late;
    open[i + 1]! += late;
  }
  return open.map((n) => Math.max(0, n));
}
